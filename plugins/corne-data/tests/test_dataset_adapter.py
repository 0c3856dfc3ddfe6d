"""An epoch's order is that epoch's, also where a fit begins later."""

from __future__ import annotations

import numpy as np
import pytest
from corne.training.adapters.choose import choose_adapter
from corne.utils import Dataset


def test_a_pass_begun_for_the_first_batch_is_not_taken_for_another_epoch():
    pytest.importorskip("corne_numpy")
    x = np.arange(10.0, dtype="float32").reshape(10, 1)
    wanted = [np.asarray(batch[0] if isinstance(batch, tuple) else batch) for batch in
              Dataset.from_arrays(x).shuffle(seed=3).batch(5).iterate(4)]  # fmt: skip
    adapter = choose_adapter(Dataset.from_arrays(x).shuffle(seed=3).batch(5), None, None, None)
    adapter.first()
    found = [np.asarray(batch[0] if isinstance(batch, tuple) else batch) for batch in adapter.batches(4)]
    adapter.close()
    np.testing.assert_array_equal(np.concatenate(found).reshape(-1), np.concatenate(wanted).reshape(-1))
