"""Programs written for Keras 3, run on Corne by exchanging what ``import keras`` gives."""

from __future__ import annotations

import importlib.metadata
import runpy
import subprocess
import sys
from pathlib import Path

import corne
import corne_keras
import numpy as np
import pytest
from corne.errors import StateError

PROGRAM = """
import sys
import keras
from keras import layers
from keras.src.layers.core.dense import Dense

model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
assert type(model.layers[0]) is Dense and Dense.__module__ == "corne_layers.dense"
print(keras.version(), keras.__version__, sys.argv, __name__)
"""


@pytest.fixture
def installed():
    if "keras" in sys.modules:
        pytest.skip("another test has loaded the real Keras in this process")
    corne_keras.install()
    yield
    corne_keras.uninstall()
    assert "keras" not in sys.modules
    assert not corne_keras.is_installed()


def test_public_names_are_cornes_own_objects(installed):
    import keras
    from keras.layers import Dense

    assert keras.layers is not corne.layers
    assert corne.layers.__name__ == "corne.layers"
    assert Dense is corne.layers.Dense
    assert keras.Model is corne.Model
    assert keras.ops.relu is corne.ops.relu
    assert keras.backend.backend() == corne.backend.backend()
    assert "Dense" in dir(keras.layers)
    assert importlib.metadata.version("keras") == keras.version() == "3.15.1"


def test_modules_that_keras_no_longer_has(installed):
    import keras
    from keras.preprocessing.image import ImageDataGenerator
    from keras.preprocessing.sequence import TimeseriesGenerator
    from keras.preprocessing.text import Tokenizer

    assert Tokenizer is corne.preprocessing.text.Tokenizer
    assert ImageDataGenerator is corne.preprocessing.image.ImageDataGenerator
    assert TimeseriesGenerator is corne.preprocessing.sequence.TimeseriesGenerator
    assert "one_hot" in dir(keras.preprocessing.text)


def test_private_names_are_found_by_name(installed):
    import keras.src.backend
    from keras.src.backend.common.variables import KerasVariable
    from keras.src.layers.layer import Layer
    from keras.src.losses.losses import MeanSquaredError as Loss
    from keras.src.metrics.regression_metrics import MeanSquaredError as Metric
    from keras.src.utils import tracking

    assert KerasVariable is corne.Variable
    assert Layer is corne.Layer
    assert Loss is corne.losses.MeanSquaredError
    assert Metric is corne.metrics.MeanSquaredError

    @tracking.no_automatic_dependency_tracking
    def twice(x):
        return 2 * x

    assert twice(3) == 6
    assert keras.src.backend.floatx() == "float32"
    spec = keras.src.backend.compute_output_spec(lambda x: corne.ops.sum(x, axis=-1), corne.Input((3,)))
    assert spec.shape == (None,)


def test_star_import_gives_what_corne_has(installed):
    names = {}
    exec("from keras import *", names)
    assert names["Model"] is corne.Model
    assert names["version"]() == "3.15.1"


def test_a_missing_name_says_who_asks(installed):
    import keras

    assert not hasattr(keras.layers, "Nonsense")
    with pytest.raises(ImportError, match=r"keras\.layers\.Nonsens, which .*test_guests\.py:\d+ requests"):
        exec(compile("from keras.layers import Nonsens", __file__, "exec"))
    with pytest.raises(ModuleNotFoundError):
        import keras.nonsense
    missing = corne_keras.report()["missing"]
    assert set(missing) == {"keras.layers.Nonsense", "keras.layers.Nonsens"}


def test_patches_of_classes_work_from_both_sides(installed):
    import keras

    original = keras.Model.count_params
    keras.Model.count_params = lambda self: -1
    try:
        assert corne.Sequential([corne.Input((1,))]).count_params() == -1
    finally:
        keras.Model.count_params = original


def test_the_real_keras_is_never_mixed_in(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", sys)
    with pytest.raises(StateError) as error:
        corne_keras.install()
    assert error.value.where == "corne_keras.install()"


def test_a_program_and_a_module_run(tmp_path):
    (tmp_path / "prog.py").write_text(PROGRAM)
    for arguments in (["prog.py", "a", "b"], ["-m", "prog", "a", "b"]):
        run = subprocess.run(
            [sys.executable, "-m", "corne_keras", *arguments], cwd=tmp_path, capture_output=True, text=True
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith("3.15.1 3.15.1 [")
        assert "'a', 'b'] __main__" in run.stdout
    run = subprocess.run([sys.executable, "-m", "corne_keras"], capture_output=True, text=True)
    assert run.returncode == 2
    assert run.stdout.startswith("usage:")


def test_a_test_suite_runs(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import keras\n\ndef test_it():\n    assert keras.Layer.__module__.startswith('corne')\n"
        "    assert not hasattr(keras, 'nonsense')\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "corne_keras.pytest", str(tmp_path)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "1 passed" in run.stdout, run.stdout + run.stderr
    assert "keras.nonsense" in run.stdout


def test_weights_by_path_in_a_store(tmp_path, installed):
    from keras.src.saving.saving_lib import H5IOStore

    path = tmp_path / "w.h5"
    store = H5IOStore(path, mode="w")
    store.make("layers/dense")["0"] = np.arange(3.0)
    store.close()
    store = H5IOStore(path, mode="r")
    assert store.get("layers/dense")["0"].tolist() == [0.0, 1.0, 2.0]
    assert len(store.get("layers/other")) == 0
    assert Path(store.file.filename) == path
    store.close()


def test_helpers_of_libraries(installed):
    from keras.src.backend.common.global_state import get_global_attribute, set_global_attribute
    from keras.src.utils.argument_validation import standardize_tuple
    from keras.src.utils.module_utils import LazyModule

    assert standardize_tuple(2, 2, "strides") == (2, 2)
    with pytest.raises(ValueError, match="strides"):
        standardize_tuple((1, 0), 2, "strides")
    assert LazyModule("json").dumps([1]) == "[1]"
    assert not LazyModule("no_such_module").available
    set_global_attribute("x", 3)
    assert get_global_attribute("x") == 3
    set_global_attribute("x", None)
    assert get_global_attribute("x", 4) == 4


@pytest.mark.oracle
def test_the_table_is_keras_s():
    script = runpy.run_path(str(Path(__file__).parent / "write_interface.py"))
    assert script["interface"]() == script["TARGET"].read_text()
