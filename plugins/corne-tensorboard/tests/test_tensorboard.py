"""TensorBoard: what it writes is read back and compared with History and with the model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings

import corne
import numpy as np
import pytest
from corne.callbacks import Callback, TensorBoard
from corne.errors import ArgumentError
from corne.layers import Dense, Embedding, Flatten


def _steps(pairs):
    return [step for step, _ in pairs]


def _values(pairs):
    return [value for _, value in pairs]


def test_epochs_are_those_of_history(tmp_path, scalars, data, model):
    history = model.fit(
        *data, epochs=3, batch_size=8, validation_split=0.25, verbose=0, callbacks=[TensorBoard(tmp_path)]
    ).history
    train, validation = scalars(tmp_path / "train"), scalars(tmp_path / "validation")
    assert set(train) == {"epoch_loss", "epoch_mae", "epoch_learning_rate"}
    assert train["epoch_learning_rate"] == [(0, 0.0625), (1, 0.0625), (2, 0.0625)]
    for name in ("loss", "mae"):
        assert _steps(train[f"epoch_{name}"]) == [0, 1, 2]
        np.testing.assert_allclose(_values(train[f"epoch_{name}"]), history[name], rtol=1e-6)
        np.testing.assert_allclose(_values(validation[f"epoch_{name}"]), history[f"val_{name}"], rtol=1e-6)
        # 24 samples are 3 batches: validation comes after 3, 6 and 9 steps.
        evaluation = validation[f"evaluation_{name}_vs_iterations"]
        assert _steps(evaluation) == [3, 6, 9]
        np.testing.assert_allclose(_values(evaluation), history[f"val_{name}"], rtol=1e-6)


def test_evaluate_writes_at_the_optimizers_step(tmp_path, scalars, data, model):
    model.fit(*data, batch_size=16, verbose=0)
    loss, mae = model.evaluate(*data, verbose=0, callbacks=[TensorBoard(tmp_path)])
    found = scalars(tmp_path / "validation")
    assert found["evaluation_loss_vs_iterations"] == [(2, pytest.approx(loss))]
    assert found["evaluation_mae_vs_iterations"] == [(2, pytest.approx(mae))]
    assert not (tmp_path / "train").exists()


def test_a_second_fit_at_once_writes_a_file_of_its_own(tmp_path, scalars, data, model):
    callback = TensorBoard(tmp_path)
    model.fit(*data, verbose=0, callbacks=[callback])
    model.fit(*data, initial_epoch=1, epochs=2, verbose=0, callbacks=[callback])
    assert _steps(scalars(tmp_path / "train")["epoch_loss"]) == [0, 1]


class Losses(Callback):
    """Remembers the loss of each batch."""

    def __init__(self):
        super().__init__()
        self.losses = []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])


@pytest.mark.parametrize(("update_freq", "steps"), [("batch", [1, 2, 3, 4, 5, 6, 7, 8]), (3, [3, 6])])
def test_batches_are_written_every_so_many(tmp_path, scalars, data, model, update_freq, steps):
    losses = Losses()
    callback = TensorBoard(tmp_path, update_freq=update_freq, write_steps_per_second=True)
    model.fit(*data, epochs=2, batch_size=8, verbose=0, callbacks=[callback, losses])
    train = scalars(tmp_path / "train")
    assert _steps(train["batch_loss"]) == _steps(train["batch_steps_per_second"]) == steps
    np.testing.assert_allclose(
        _values(train["batch_loss"]), [losses.losses[step - 1] for step in steps], rtol=1e-6
    )
    assert min(_values(train["batch_steps_per_second"])) > 0
    assert _steps(train["epoch_steps_per_second"]) == [0, 1]


def test_batch_logs_are_read_only_where_they_are_written(tmp_path):
    reads = []

    class Lazy(dict):
        def items(self):
            reads.append(callback._batch)
            return super().items()

    callback = TensorBoard(tmp_path, update_freq=2)
    for batch in range(5):
        callback.on_train_batch_begin(batch)
        callback.on_train_batch_end(batch, Lazy(loss=1.0))
    callback.on_close()
    assert reads == [2, 4]
    assert callback.reads_batch_logs is False


def test_an_array_has_a_tag_for_each_element(tmp_path, scalars):
    callback = TensorBoard(tmp_path)
    callback.on_epoch_end(0, {"f1": np.array([0.25, 0.5])})
    callback.on_close()
    assert scalars(tmp_path / "train") == {"epoch_f1/0": [(0, 0.25)], "epoch_f1/1": [(0, 0.5)]}


def test_histograms_and_images_of_weights(tmp_path, events, data, model):
    model.fit(
        *data, epochs=3, verbose=0, callbacks=[TensorBoard(tmp_path, histogram_freq=2, write_images=True)]
    )
    found = events(tmp_path / "train")
    paths = {weight.path for weight in model.weights}
    assert set(found.Tags()["histograms"]) == {f"{path}/histogram" for path in paths}
    kernel = model.layers[0].kernel
    histograms = found.Histograms(f"{kernel.path}/histogram")
    assert [event.step for event in histograms] == [0, 2]
    last = histograms[-1].histogram_value
    values = np.asarray(corne.ops.convert_to_numpy(kernel))
    assert (last.num, sum(last.bucket)) == (12, 12)
    np.testing.assert_allclose(
        [last.min, last.max, last.sum], [values.min(), values.max(), values.sum()], rtol=1e-5
    )
    assert {f"{path}/image" for path in paths} <= set(found.Tags()["tensors"])
    width, height, png = found.Tensors(f"{kernel.path}/image")[0].tensor_proto.string_val
    assert (width, height) == (b"4", b"3")  # (4, 3), the longer side across
    assert png.startswith(b"\x89PNG")


def test_weights_that_are_not_finite_are_left_out_with_a_warning(tmp_path, events, model):
    model.layers[0].kernel.assign(np.full((4, 3), np.nan, "float32"))
    callback = TensorBoard(tmp_path, histogram_freq=1)
    callback.set_model(model)
    with pytest.warns(UserWarning, match="12 values"):
        callback.on_epoch_end(0, {"loss": 1.0})
    callback.on_close()
    assert f"{model.layers[0].kernel.path}/histogram" not in events(tmp_path / "train").Tags()["histograms"]


def test_the_graph_is_what_tensorboard_draws(tmp_path, events, data, model):
    model.fit(*data, verbose=0, callbacks=[TensorBoard(tmp_path)])
    (event,) = events(tmp_path / "train").Tensors("keras")
    config = json.loads(event.tensor_proto.string_val[0])
    assert config == json.loads(model.to_json())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tensorboard.plugins.graph.keras_util import keras_model_to_graph_def
    edges = {node.name: list(node.input) for node in keras_model_to_graph_def(config).node}
    assert edges["net/out"] == ["net/hidden"]


def test_no_graph_when_it_is_not_asked_for_or_not_there(tmp_path, events, data, model):
    model.fit(*data, verbose=0, callbacks=[TensorBoard(tmp_path / "a", write_graph=False)])
    assert events(tmp_path / "a" / "train").Tags()["tensors"] == []

    class Subclassed(corne.Model):
        def __init__(self):
            super().__init__()
            self.dense = Dense(1)

        def call(self, x):
            return self.dense(x)

    other = Subclassed()
    other.compile("sgd", "mse")
    other.fit(*data, verbose=0, callbacks=[TensorBoard(tmp_path / "b")])
    assert events(tmp_path / "b" / "train").Tags()["tensors"] == []


def _words():
    model = corne.Sequential([corne.Input((3,)), Embedding(5, 2, name="words"), Flatten(), Dense(1)])
    model.compile("sgd", "mse")
    return model, np.arange(12).reshape(4, 3) % 5, np.ones((4, 1))


def test_embeddings_are_what_the_projector_reads(tmp_path):
    model, x, y = _words()
    callback = TensorBoard(tmp_path, embeddings_freq=2, embeddings_metadata={"words": "words.tsv"})
    model.fit(x, y, epochs=3, verbose=0, callbacks=[callback])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from google.protobuf import text_format
        from tensorboard.plugins import projector
    text = (tmp_path / "projector_config.pbtxt").read_text()
    entries = text_format.Parse(text, projector.ProjectorConfig()).embeddings
    assert [entry.tensor_name for entry in entries] == [
        "words/embeddings/epoch-0",
        "words/embeddings/epoch-2",
    ]
    assert [entry.metadata_path for entry in entries] == ["words.tsv", "words.tsv"]
    assert list(entries[1].tensor_shape) == [5, 2]
    values = np.loadtxt(tmp_path / entries[1].tensor_path, delimiter="\t", dtype="float32")
    np.testing.assert_array_equal(values, corne.ops.convert_to_numpy(model.layers[0].embeddings))


def test_metadata_for_a_layer_that_is_not_there(tmp_path):
    model, x, y = _words()
    callback = TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata={"word": "words.tsv"})
    with pytest.raises(ArgumentError) as caught:
        model.fit(x, y, verbose=0, callbacks=[callback])
    assert caught.value.given == "'word'"
    assert "'words'" in caught.value.fix


@pytest.mark.parametrize("batches", [2, (2, 3), "2,3", 100])
def test_profile(tmp_path, data, model, batches):
    model.fit(
        *data, epochs=2, batch_size=8, verbose=0, callbacks=[TensorBoard(tmp_path, profile_batch=batches)]
    )
    traces = list((tmp_path / "train").glob("*.pt.trace.json"))
    assert len(traces) == (0 if batches == 100 else 1)  # there are 8 batches
    for trace in traces:
        assert json.loads(trace.read_text())["traceEvents"]


def test_a_profile_that_is_cut_short_is_written(tmp_path, data, model):
    model.fit(*data, batch_size=8, verbose=0, callbacks=[TensorBoard(tmp_path, profile_batch=(3, 50))])
    assert len(list((tmp_path / "train").glob("*.pt.trace.json"))) == 1


ON_NUMPY = """
import sys
sys.modules["torch"] = None  # as if it were not installed
import numpy as np, corne
from corne.callbacks import TensorBoard
from corne.errors import BackendError
model = corne.Sequential([corne.Input((4,)), corne.layers.Dense(1, kernel_initializer="ones")])
model.compile("sgd", "mse")
x = np.ones((8, 4), "float32")
model.evaluate(x, np.full((8, 1), 2.0), verbose=0, callbacks=[TensorBoard(sys.argv[1])])
callback = TensorBoard(sys.argv[1], histogram_freq=1, write_images=True, embeddings_freq=1)
callback.set_model(model)
callback.on_train_begin()
callback.on_epoch_end(0, {"loss": 0.5})
callback.on_close()
assert "tensorflow" not in sys.modules
try:
    TensorBoard(sys.argv[1], profile_batch=1).on_train_begin()
except BackendError as error:
    assert (error.where, error.given) == ("TensorBoard(profile_batch=…)", "the numpy backend"), error
    print("refused")
"""


def test_on_numpy_all_but_the_profile_works_without_torch(tmp_path, scalars, events):
    done = subprocess.run(
        [sys.executable, "-c", ON_NUMPY, str(tmp_path)],
        env={**os.environ, "CORNE_BACKEND": "numpy"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "refused\n", done.stderr
    # Each output is 4, each target 2.
    assert scalars(tmp_path / "validation")["evaluation_loss_vs_iterations"] == [(0, 4.0)]
    tags = events(tmp_path / "train").Tags()
    assert "sequential/dense/kernel/histogram" in tags["histograms"]
    assert {"keras", "sequential/dense/kernel/image"} <= set(tags["tensors"])


@pytest.mark.parametrize(
    "arguments",
    [
        {"log_dir": ""},
        {"log_dir": 3},
        {"histogram_freq": -1},
        {"histogram_freq": True},
        {"write_graph": "yes"},
        {"write_images": 1},
        {"write_steps_per_second": None},
        {"update_freq": 0},
        {"update_freq": "epochs"},
        {"profile_batch": -1},
        {"profile_batch": (3, 2)},
        {"profile_batch": (0, 2)},
        {"profile_batch": "a,b"},
        {"profile_batch": (1, 2, 3)},
        {"embeddings_freq": 1.5},
        {"embeddings_metadata": 3},
        {"embeddings_metadata": {"words": None}},
    ],
)
def test_wrong_arguments(arguments):
    (name,) = arguments
    with pytest.raises(ArgumentError) as caught:
        TensorBoard(**arguments)
    assert caught.value.where == f"TensorBoard({name}=…)"
    assert caught.value.given in repr(arguments[name])


def test_a_resumed_fit_counts_batches_as_one_that_was_not_interrupted(tmp_path, scalars, data, model):
    class Stop(Callback):
        remembers = False

        def on_train_batch_end(self, batch, logs=None):
            if model.optimizer.iterations.numpy() == 6:
                raise KeyboardInterrupt

    def fit(**arguments):
        callbacks = [TensorBoard(tmp_path / "logs", update_freq=1), *arguments.pop("stop", [])]
        model.fit(
            *data, epochs=2, batch_size=8, verbose=0, callbacks=callbacks,
            checkpoint=tmp_path / "checkpoint", checkpoint_freq=2, **arguments,
        )  # fmt: skip

    with pytest.raises(KeyboardInterrupt):
        fit(stop=[Stop()])
    fit(resume=True)
    train = scalars(tmp_path / "logs" / "train")
    # What comes after the last checkpoint is written twice, with the same values.
    assert sorted(set(_steps(train["batch_loss"]))) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert len(set(train["batch_loss"])) == 8
    assert len(set(train["epoch_loss"])) == 2
