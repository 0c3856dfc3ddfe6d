"""No update and no result reads a value back to Python, so that a GPU never has to be waited for."""

from __future__ import annotations

import corne.metrics
import numpy as np
import pytest
from corne.backend import choice

torch = pytest.importorskip("torch")
pytest.importorskip("corne_torch")

CASES = [
    ("Mean", {}, None),
    ("Sum", {}, None),
    *[(name, {}, "numbers") for name in ("SparseCategoricalAccuracy", "SparseCategoricalCrossentropy")],
    ("SparseTopKCategoricalAccuracy", {"k": 2}, "numbers"),
    *[
        (name, {}, "one-hot")
        for name in (
            "AUC", "Precision", "Recall", "F1Score", "CategoricalAccuracy", "BinaryAccuracy", "R2Score", "Hinge",
            "MeanSquaredError", "RootMeanSquaredError", "CategoricalCrossentropy", "BinaryCrossentropy",
            "TruePositives", "TopKCategoricalAccuracy", "CosineSimilarity", "PearsonCorrelation",
        )
    ],
    ("AUC", {"multi_label": True, "thresholds": [0.2, 0.3], "curve": "PR"}, "one-hot"),
    ("Precision", {"top_k": 2}, "one-hot"),
    ("R2Score", {"num_regressors": 2}, "one-hot"),
    ("SensitivityAtSpecificity", {"specificity": 0.5}, "one-hot"),
    ("OneHotMeanIoU", {"num_classes": 5}, "one-hot"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "labels"), CASES)
def test_no_reading(monkeypatch, name, arguments, labels):
    numbers = torch.tensor([0, 1, 2, 3, 4, 0, 1, 2])
    guess = torch.from_numpy(np.random.default_rng(0).uniform(size=(8, 5)).astype("float32"))
    weight = torch.ones(8, dtype=torch.int32 if "IoU" in name else torch.float32)
    data = {None: (guess,), "numbers": (numbers, guess), "one-hot": (torch.eye(5)[numbers], guess)}[labels]
    with choice.use("cpu"):
        metric = getattr(corne.metrics, name)(**arguments)
        metric.update_state(*data)  # some make their variables here
        for word in ("item", "tolist", "numpy", "nonzero", "__bool__", "__int__", "__float__", "__index__"):
            monkeypatch.setattr(
                torch.Tensor, word, lambda *args, _w=word: pytest.fail(f"Tensor.{_w} in a step")
            )
        metric.update_state(*data, sample_weight=weight)
        metric.result()
        metric.reset_state()
        monkeypatch.undo()
