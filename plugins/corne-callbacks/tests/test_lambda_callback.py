"""LambdaCallback: which moments it knows."""

from __future__ import annotations

import pytest
from corne import callbacks
from corne.errors import UnknownArgumentError


def test_lambda_callback_refuses_unknown_moments():
    with pytest.raises(UnknownArgumentError, match="Did you mean 'on_epoch_end'"):
        callbacks.LambdaCallback(on_epoch_ends=print)
