"""MonitorCallback: quantities that are missing."""

from __future__ import annotations

import pytest
from corne import callbacks
from corne_callbacks.monitor import MissingQuantityWarning


def test_missing_quantity_gives_notice_with_the_nearest(run):
    with pytest.warns(MissingQuantityWarning, match="Did you mean 'val_loss'"):
        run(callbacks.EarlyStopping("val_los"), [1.0, 2.0])
