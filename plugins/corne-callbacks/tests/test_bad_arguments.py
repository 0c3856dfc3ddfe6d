"""Arguments that callbacks refuse."""

from __future__ import annotations

import pytest
from corne import callbacks
from corne.errors import ArgumentError


@pytest.mark.parametrize(
    "make", [lambda: callbacks.EarlyStopping(mode="up"), lambda: callbacks.ReduceLROnPlateau(factor=2)]
)
def test_bad_arguments(make):
    with pytest.raises(ArgumentError):
        make()
