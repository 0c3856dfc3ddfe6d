"""Writing files: what a kill, a full disk or another thread leaves behind."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
from corne import Input, Layer, Model, Sequential, ops
from corne.callbacks import Callback
from corne.errors import FileFormatError, FileWriteError
from corne.saving import atomic, load_model, register_keras_serializable
from corne.saving.atomic import atomic_write
from corne.state_lock import lock_of


@register_keras_serializable(package="corne-tests-writes")
class Count(Layer):
    """Weights of many sizes which each step makes equal to the number of steps."""

    def build(self, input_shape):
        self.counts = [
            self.add_weight((size,), "zeros", name=f"c{size}", trainable=False) for size in range(1, 400, 20)
        ]

    def call(self, inputs):
        return ops.add(inputs, self.counts[0])


@register_keras_serializable(package="corne-tests-writes")
class Counter(Model):
    """A model whose steps change every weight, one after the other."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = Sequential([Count(name="count")], name="inner")

    def call(self, inputs):
        return self.inner(inputs)

    def train_step(self, data):
        for variable in self.inner.layers[0].counts:
            variable.assign(ops.add(variable.value, 1.0))
            time.sleep(0)  # let others run in the middle of a step
        return {"loss": 0.0}


@pytest.fixture
def model(backend):
    return Sequential([Input((3,)), Count()])


@pytest.fixture(params=["m.keras", "m.weights.h5", "m.npz"])
def target(request, model, tmp_path):
    path = tmp_path / request.param
    save(model, path)
    return path


def save(model, path):
    model.save(path) if path.suffix == ".keras" else model.save_weights(path)


def whole(model, path, data):
    """Tell whether the old file is there, unchanged and alone."""
    assert path.read_bytes() == data
    assert list(path.parent.iterdir()) == [path]
    model.load_weights(path)


FAILURES = {
    errno.ENOSPC: "The disk is full",
    errno.EDQUOT: "Your quota is used up",
    errno.EROFS: "mounted read-only",
    errno.EACCES: "Permission denied: ",
}


@pytest.mark.parametrize("number", FAILURES)
@pytest.mark.parametrize("place", ["mkstemp", "fsync", "replace"])
def test_the_system_refuses(model, target, number, place, monkeypatch):
    """Tests may run as root, who may write anywhere, so the system's answer is put into its mouth."""
    data = target.read_bytes()

    def refuse(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    owner, name = {
        "mkstemp": (atomic.tempfile, "mkstemp"),
        "fsync": (atomic.os, "fsync"),
        "replace": (Path, "replace"),
    }[place]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, refuse)
        with pytest.raises(FileWriteError, match=FAILURES[number]) as caught:
            save(model, target)
    assert caught.value.errno == number
    assert isinstance(caught.value, OSError)
    assert target.name in caught.value.fix
    whole(model, target, data)


def in_a_process(code, *arguments, **options):
    program = textwrap.dedent(code)
    return subprocess.Popen([sys.executable, "-c", program, *map(str, arguments)], text=True, **options)


SETUP = """
    import sys
    from pathlib import Path
    import numpy as np
    from corne import Input, Layer, Sequential
    class Big(Layer):
        def build(self, input_shape):
            self.kernel = self.add_weight((1000, 500), "zeros")
        def call(self, x):
            return x
    model = Sequential([Input((3,)), Big()])
    path = Path(sys.argv[1])
    def save():
        model.save(path) if path.suffix == ".keras" else model.save_weights(path)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are POSIX's")
@pytest.mark.parametrize("name", ["m.keras", "m.weights.h5", "m.npz", "m.safetensors"])
def test_a_file_that_does_not_fit(tmp_path, name):
    """The system itself cuts the write off, in the middle of what h5py, zipfile and others write."""
    if name.endswith("safetensors"):
        pytest.importorskip("safetensors")
    process = in_a_process(
        SETUP
        + """
    import resource
    save()
    before = path.read_bytes()
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    from corne.errors import FileWriteError
    try:
        save()
    except FileWriteError as error:
        print("refused", error.errno, error)
    print(path.read_bytes() == before, [p.name for p in path.parent.iterdir()] == [path.name])
    """,
        tmp_path / name, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    output, _ = process.communicate(timeout=120)
    assert f"refused {errno.EFBIG} write" in output, output
    assert "True True" in output


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
@pytest.mark.parametrize("name", ["m.keras", "m.weights.h5"])
def test_killed_while_writing(backend, tmp_path, name):
    """The process saves files of one number each, over and over; after the kill one of them is there, whole."""
    if backend.name == "numpy":
        pytest.skip("writing is the same on every backend; one is enough")
    path = tmp_path / name
    process = in_a_process(
        SETUP
        + """
    step = 0
    while True:
        step += 1
        model.set_weights([np.full(w.shape, step, w.dtype) for w in model.get_weights()])
        save()
        print(step, flush=True)
    """,
        path, stdout=subprocess.PIPE,
    )  # fmt: skip
    rng = np.random.default_rng(0)
    try:
        process.stdout.readline()
        time.sleep(rng.uniform(0.1, 0.5))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    if path.suffix == ".keras":
        import io
        import zipfile

        with zipfile.ZipFile(path) as archive:
            data = io.BytesIO(archive.read("model.weights.h5"))
    else:
        data = path
    with h5py.File(data) as file:
        values = file["layers/big/vars/0"][()]
    assert values[0, 0] >= 1
    assert (values == values[0, 0]).all()


def test_errors_of_the_writer_stay_what_they_are(tmp_path):
    target = tmp_path / "file"

    def fail():
        with atomic_write(target):
            raise ValueError("not a matter of files")

    with pytest.raises(ValueError, match="not a matter of files") as caught:
        fail()
    assert type(caught.value) is ValueError
    assert list(tmp_path.iterdir()) == []


# -- seals ------------------------------------------------------------------------------------------------
def test_a_file_changed_by_other_tools_has_no_seal_left(model, tmp_path):
    path = tmp_path / "m.weights.h5"
    model.save_weights(path)
    assert b"corne sha256" in path.read_bytes()[-100:]
    with h5py.File(path, "a") as file:
        file["layers/count/vars/0"][...] = 7
    model.load_weights(path)
    assert float(model.layers[0].counts[0].numpy()[0]) == 7.0
    data = bytearray(path.read_bytes())
    assert b"corne sha256" not in data[-100:]


def test_a_seal_notices_each_byte(model, tmp_path):
    path = tmp_path / "m.weights.h5"
    model.save_weights(path)
    data = path.read_bytes()
    for place in range(0, len(data) - 78, 997):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(FileFormatError, match=r"m\.weights\.h5"):
            model.load_weights(path)


# -- threads ----------------------------------------------------------------------------------------------
def counts(path):
    with h5py.File(path) as file:
        group = file["inner/layers/count/vars" if "inner" in file else "layers/count/vars"]
        return {float(v) for key in group for v in np.unique(group[key][()])}


class UntilEnd(Callback):
    """Ends the training when a thread has ended."""

    def __init__(self, thread):
        super().__init__()
        self.thread = thread

    def on_train_batch_end(self, batch, logs=None):
        self.model.stop_training = not self.thread.is_alive()


@pytest.mark.parametrize("what", ["outer", "inner"])
@pytest.mark.slow
def test_saving_while_another_thread_trains(backend, tmp_path, what):
    if backend.name == "numpy":
        pytest.skip("numpy does not train")
    model = Counter()
    model.compile("sgd", "mse")
    x = np.zeros((64, 1), "float32")
    model(x[:1])
    saved = model if what == "outer" else model.inner
    files, over, problems = [], threading.Event(), []

    def keep_saving():
        try:
            while not over.is_set() and len(files) < 30:
                path = tmp_path / f"{len(files)}.weights.h5"
                saved.save_weights(path)
                files.append(path)
        except Exception as error:
            problems.append(error)

    thread = threading.Thread(target=keep_saving)
    model.fit(x, x, batch_size=1, epochs=1, verbose=0)  # makes the step
    thread.start()
    try:
        model.fit(x, x, batch_size=1, epochs=10_000, verbose=0, callbacks=[UntilEnd(thread)])
    finally:
        over.set()
        thread.join(60)
    assert not problems
    seen = [counts(path) for path in files]
    assert all(len(values) == 1 for values in seen), seen
    assert len({min(values) for values in seen}) > 1  # files of several moments of the training


def test_saving_from_callbacks_and_steps(backend, tmp_path):
    if backend.name == "numpy":
        pytest.skip("numpy does not train")

    class Save(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.save_weights(tmp_path / f"{batch}.weights.h5")

    class Saving(Counter):
        def train_step(self, data):
            logs = super().train_step(data)
            self.save_weights(tmp_path / "step.weights.h5")
            return logs

    model = Saving()
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.zeros((4, 1), "float32")
    model.fit(x, x, batch_size=1, epochs=1, verbose=0, callbacks=[Save()])
    assert [counts(tmp_path / f"{i}.weights.h5") for i in range(4)] == [{1.0}, {2.0}, {3.0}, {4.0}]
    assert counts(tmp_path / "step.weights.h5") == {4.0}


def test_a_gate_lets_savers_pass_before_a_loop_of_steps(backend):
    """A loop that takes a plain lock again at once would keep savers waiting for many steps."""
    model = Sequential([Input((3,)), Count()])
    lock, steps, over = lock_of(model), [0], threading.Event()

    def loop():
        while not over.is_set():
            lock.step(lambda: steps.__setitem__(0, steps[0] + 1))

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        for _ in range(20):
            with lock.pause():
                before = steps[0]
                time.sleep(0.002)
                assert steps[0] == before
    finally:
        over.set()
        thread.join(60)
    assert steps[0] > 0


def test_a_failed_save_leaves_the_gate_open(model, tmp_path, monkeypatch):
    monkeypatch.setattr(atomic.tempfile, "mkstemp", lambda **k: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(FileWriteError):
        model.save(tmp_path / "m.keras")
    monkeypatch.undo()
    model.save(tmp_path / "m.keras")
    load_model(tmp_path / "m.keras")


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras itself, about NumPy
def test_keras_ignores_checksums_and_seals(tmp_path):
    pytest.importorskip("keras")
    pytest.importorskip("corne_layers")
    import keras
    from corne import layers

    ours = Sequential([Input((3,)), layers.Dense(4), layers.Dense(2)])
    ours.save(tmp_path / "m.keras")
    ours.save_weights(tmp_path / "m.weights.h5")
    theirs = keras.saving.load_model(tmp_path / "m.keras")
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    theirs.set_weights([np.zeros_like(w) for w in theirs.get_weights()])
    theirs.load_weights(tmp_path / "m.weights.h5")
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
