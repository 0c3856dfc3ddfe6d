"""Sound files and spectrogram layers: against Keras's and scipy's, on tones whose pitch is known."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
import soundfile
from corne import Input, backend, layers
from corne.errors import ArgumentError, CorneError, DTypeError, FileFormatError, ShapeError
from corne.models import Sequential, load_model
from corne.plugins import registry
from corne_audio.mel_spectrogram import mel_bands
from corne_audio.read_sound import read_sound


@pytest.fixture(params=["numpy", "cpu"])
def engine(request):
    pytest.importorskip(f"corne_{request.param}")
    with backend.use(request.param) as chosen:
        yield chosen


@pytest.fixture
def keras():
    os.environ.setdefault("KERAS_BACKEND", "torch")
    return pytest.importorskip("keras")


def tone(hertz, seconds=0.5, rate=16000):
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate).astype("float32")


def sounds(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


# -- files ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3"])
def test_each_format(tmp_path, ending):
    path = tmp_path / f"tone.{ending}"
    signal = 0.5 * tone(440)
    soundfile.write(path, np.stack([signal, -signal], 1), 16000)
    samples = registry.get("readers", f".{ending}")(path)
    assert samples.dtype == "float32"
    assert samples.shape[1] == 2
    loudest = np.argmax(np.abs(np.fft.rfft(samples[:8000, 0]))) * 2  # half a second: bins of 2 hertz
    assert loudest == 440
    if ending in ("wav", "flac"):
        np.testing.assert_allclose(samples[:, 0], signal, atol=1e-4)


def test_channels_parts_and_rates(tmp_path):
    path = tmp_path / "tone.wav"
    soundfile.write(path, np.stack([tone(440), np.zeros(8000)], 1), 16000)
    np.testing.assert_allclose(read_sound(path, channels=1)[:, 0], tone(440) / 2, atol=1e-3)
    np.testing.assert_array_equal(read_sound(path, start=100, length=50), read_sound(path)[100:150])
    pytest.importorskip("soxr")
    slower = read_sound(path, sampling_rate=8000)
    assert slower.shape == (4000, 2)
    np.testing.assert_allclose(slower[500:3500, 0], tone(440, rate=8000)[500:3500], atol=1e-2)
    with pytest.raises(FileFormatError) as error:
        read_sound(path, channels=3)
    assert error.value.where == str(path)


@pytest.mark.parametrize("data", [b"", b"no sound", b"RIFF\x00\x00\x00\x00WAVEfmt "])
def test_wrong_file_is_named(tmp_path, data):
    path = tmp_path / "wrong.wav"
    path.write_bytes(data)
    with pytest.raises(FileFormatError) as error:
        read_sound(path)
    assert error.value.where == str(path)


def test_reading_needs_no_engine(tmp_path):
    soundfile.write(tmp_path / "tone.wav", tone(440), 16000)
    program = (
        f"import sys; from corne.plugins import registry\n"
        f"assert registry.get('readers', '.wav')({str(tmp_path / 'tone.wav')!r}).shape == (8000, 1)\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# -- MelSpectrogram -------------------------------------------------------------------------------------------
@pytest.mark.oracle
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"fft_length": 512, "sequence_stride": 128, "num_mel_bins": 40, "sampling_rate": 8000},
        {"fft_length": 512, "sequence_length": 400, "window": "hamming", "num_mel_bins": 20, "top_db": 20.0},
        {"fft_length": 256, "power_to_db": False, "mag_exp": 1.0, "num_mel_bins": 10, "max_freq": 4000.0},
        {"fft_length": 256, "ref_power": 10.0, "min_power": 1e-3, "num_mel_bins": 10},
    ],
)
@pytest.mark.parametrize("shape", [(4000,), (3, 4000)])
def test_mel_spectrogram_is_keras(engine, keras, arguments, shape):
    x = sounds(*shape)
    ours, theirs = layers.MelSpectrogram(**arguments), keras.layers.MelSpectrogram(**arguments)
    expected = theirs(x).detach().cpu().numpy()
    np.testing.assert_allclose(engine.to_numpy(ours(x)), expected, atol=2e-2, rtol=1e-3)
    assert tuple(ours.compute_output_shape(shape)) == expected.shape
    config, other = ours.get_config(), theirs.get_config()
    assert all(config[key] == other[key] for key in arguments)
    type(theirs).from_config({key: value for key, value in config.items() if key != "dtype"})


def test_a_tone_is_loudest_in_its_band(engine):
    with_db = layers.MelSpectrogram(fft_length=1024, sequence_stride=256, num_mel_bins=64)
    y = engine.to_numpy(with_db(tone(1000)))
    bands = mel_bands(64, 513, 16000, 20.0, 8000)
    expected = np.argmax(bands[round(1000 / 8000 * 512)])
    assert (np.argmax(y[:, 5:-5], axis=0) == expected).all()


def test_bands_meet():
    # Between the first and the last middle each frequency counts 1 in all.
    bands = mel_bands(20, 2049, 16000, 20.0, 8000)
    inner = slice(200, 1700)
    np.testing.assert_allclose(bands.sum(1)[inner], 1, atol=1e-5)


# -- STFTSpectrogram ------------------------------------------------------------------------------------------
@pytest.mark.oracle
@pytest.mark.parametrize("mode", ["log", "magnitude", "psd", "real", "imag", "stft"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("expand_dims", [False, True])
def test_stft_spectrogram_is_keras(engine, keras, mode, data_format, expand_dims):
    arguments = {
        "mode": mode, "frame_length": 48, "frame_step": 20, "data_format": data_format,
        "expand_dims": expand_dims, "padding": "same" if expand_dims else "valid",
    }  # fmt: skip
    x = sounds(2, 200, 3) if data_format == "channels_last" else sounds(2, 3, 200)
    ours, theirs = (
        layers.STFTSpectrogram(**arguments, name="it"),
        keras.layers.STFTSpectrogram(**arguments, name="it"),
    )
    if data_format == "channels_first" and mode != "log":
        theirs.build(x.shape)
    expected = theirs(x).detach().cpu().numpy()
    np.testing.assert_allclose(engine.to_numpy(ours(x)), expected, atol=2e-4, rtol=1e-3)
    assert tuple(ours.compute_output_shape((None, *x.shape[1:]))) == (None, *expected.shape[1:])
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    assert all(ours.get_config()[key] == theirs.get_config()[key] for key in arguments)


def test_angle_is_scipys(engine):
    signal = pytest.importorskip("scipy.signal")
    x = sounds(1, 256, 1)
    y = engine.to_numpy(layers.STFTSpectrogram("angle", frame_length=64, frame_step=64, window=None)(x))
    frames = x[0, :, 0].reshape(4, 64)
    expected = np.angle(np.fft.rfft(frames))
    difference = np.abs(np.exp(1j * y[0]) - np.exp(1j * expected))[:, 1:-1]  # the ends are real: 0 or pi
    assert difference.max() < 1e-2
    assert signal is not None


def test_kernels_are_trained_if_asked():
    pytest.importorskip("corne_cpu")
    with backend.use("cpu"):
        model = Sequential([
            Input((128, 1)), layers.STFTSpectrogram("magnitude", frame_length=32, trainable=True),
            layers.GlobalAveragePooling1D(), layers.Dense(1),
        ])  # fmt: skip
        before = model.layers[0].real_kernel.numpy().copy()
        model.compile("sgd", "mse")
        model.fit(sounds(8, 128, 1), np.ones((8, 1)), verbose=0)
        assert np.abs(model.layers[0].real_kernel.numpy() - before).max() > 0


@pytest.mark.parametrize("name", ["MelSpectrogram", "STFTSpectrogram"])
def test_saved_and_loaded(name, tmp_path):
    pytest.importorskip("corne_cpu")
    shape = (600,) if name == "MelSpectrogram" else (600, 1)
    arguments = {"fft_length": 256} if name == "MelSpectrogram" else {"frame_length": 64}
    with backend.use("cpu"):
        model = Sequential([Input(shape), getattr(layers, name)(**arguments)])
        model.save(tmp_path / "model.keras")
        x = sounds(2, *shape)
        np.testing.assert_array_equal(
            load_model(tmp_path / "model.keras").predict(x, verbose=0), model.predict(x, verbose=0)
        )


@pytest.mark.parametrize(
    "call, kind",
    [
        (lambda: layers.MelSpectrogram(256, sequence_length=512), ArgumentError),
        (lambda: layers.MelSpectrogram(max_freq=10.0), ArgumentError),
        (lambda: layers.MelSpectrogram(num_mel_bins=0), ArgumentError),
        (lambda: layers.MelSpectrogram()(np.zeros((2, 3, 5000), "float32")), ShapeError),
        (lambda: layers.STFTSpectrogram("power"), ArgumentError),
        (lambda: layers.STFTSpectrogram(frame_step=300), ArgumentError),
        (lambda: layers.STFTSpectrogram(fft_length=128), ArgumentError),
        (lambda: layers.STFTSpectrogram(scaling="none"), ArgumentError),
        (lambda: layers.STFTSpectrogram(padding="causal"), ArgumentError),
        (lambda: layers.STFTSpectrogram()(np.zeros((2, 500, 1), "int32")), DTypeError),
    ],
)
def test_wrong_use(engine, call, kind):
    with pytest.raises(kind) as error:
        call()
    assert isinstance(error.value, CorneError)
    assert error.value.where


def test_other_lengths_than_powers_of_two_are_said():
    with pytest.warns(UserWarning, match="power of 2"):
        layers.STFTSpectrogram(frame_length=48, fft_length=100)
