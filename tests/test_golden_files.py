"""Files of every version of Corne open, predict what they predicted, and go on training as they did."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from corne.saving import load_model, model_from_json, weight_files
from corne_cli.inspection import examine

for package in ("corne_layers", "corne_conv", "corne_recurrent", "corne_losses", "corne_metrics",
                "corne_optimizers", "corne_activations", "safetensors"):  # fmt: skip
    pytest.importorskip(package)

GOLDEN = Path(__file__).parent / "golden_files"
FOLDERS = sorted(path for path in GOLDEN.iterdir() if re.fullmatch(r"\d+\.\d+", path.name))
FILES = [path for folder in FOLDERS for path in sorted(folder.iterdir()) if path.suffix != ".json"
         and path.name not in ("numbers.npz", "checkpoint")]  # fmt: skip
#: Sums of at most a hundred float32 products of about 1, in an order that other libraries choose: 100 * 2**-23.
CLOSE = {"rtol": 1e-5, "atol": 1e-5}

spec = importlib.util.spec_from_file_location("golden_write", GOLDEN / "write.py")
assert spec is not None
assert spec.loader is not None
write = importlib.util.module_from_spec(spec)
spec.loader.exec_module(write)  # registers the class that files of somebody's own model name


def numbers(path):
    """Return what the folder of a file says about it: x, y, outputs, and the weights after a step if known."""
    with np.load(path.parent / "numbers.npz", allow_pickle=False) as stored:
        found = {name: stored[f"{path.name}/{name}"] for name in ("x", "y", "outputs")}
        steps = [name for name in stored.files if name.startswith(f"{path.name}/step/")]
        return *found.values(), [stored[f"{path.name}/step/{i}"] for i in range(len(steps))]


def opened(path):
    """Return the model in a file, or of the same folder for a file of weights."""
    if path.suffix == ".keras":
        return load_model(path)
    model = model_from_json((path.parent / "weights.json").read_text())
    model.load_weights(path)
    return model


def assert_weights(model, expected):
    weights = model.get_weights()
    assert len(weights) == len(expected)
    for ours, theirs in zip(weights, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, **CLOSE)


def test_this_version_has_its_files():
    """A new version writes its own: ``python tests/golden_files/write.py``."""
    assert ".".join(write.VERSION.split(".")[:2]) in [folder.name for folder in FOLDERS]
    assert sum(path.stat().st_size for folder in FOLDERS for path in folder.rglob("*.*")) < 500_000 * len(
        FOLDERS
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_predictions(backend, path):
    x, _, outputs, _ = numbers(path)
    np.testing.assert_allclose(opened(path).predict(x, verbose=0), outputs, **CLOSE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_inspection(path):
    report = examine(path)
    assert report.clean
    assert report.contents == ("whole model" if path.suffix == ".keras" else "weights")
    with weight_files.opened(path) as weights:
        assert sum(total["tensors"] for total in report.totals().values()) == len(weights.tensors)


def test_inspection_of_other_files():
    for folder in FOLDERS:
        for path in folder.glob("checkpoint/*"):
            assert (examine(path).contents, examine(path).clean) == ("checkpoint of fit", True)
        assert (examine(folder / "weights.json").contents, examine(folder / "weights.json").clean) == (
            "configuration",
            True,
        )


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_training_goes_on(backend, path):
    x, y, _, after = numbers(path)
    if "gradients" not in backend.capabilities:
        pytest.skip(f"{backend.name} can't train")
    model = opened(path)
    model.train_on_batch(x, y)
    if after:
        assert_weights(model, after)
    else:
        assert path.stem in write.WITHOUT_STEP


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_checkpoints_go_on(backend, folder, tmp_path):
    _, _, _, after = numbers(folder / "checkpoint")
    if "gradients" not in backend.capabilities:
        pytest.skip(f"{backend.name} can't train")
    shutil.copytree(folder / "checkpoint", tmp_path, dirs_exist_ok=True)
    model = write.branches()
    write.go_on(model, tmp_path, epochs=2)
    assert_weights(model, after)


def test_files_are_never_written_again():
    before = {path: path.read_bytes() for path in GOLDEN.rglob("*.*") if path.is_file()}
    run = subprocess.run([sys.executable, GOLDEN / "write.py"], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "never written again" in run.stderr
    assert {path: path.read_bytes() for path in GOLDEN.rglob("*.*") if path.is_file()} == before
