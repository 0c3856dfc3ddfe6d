"""Settings: the order program, environment, file, default; and bad values in each."""

from __future__ import annotations

import json

import pytest
from corne import config
from corne.errors import ArgumentError, FileFormatError


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for setting in ("BACKEND", "FLOATX", "EPSILON", "IMAGE_DATA_FORMAT", "DTYPE_POLICY"):
        monkeypatch.delenv(f"CORNE_{setting}", raising=False)
    monkeypatch.setenv("CORNE_HOME", str(tmp_path))
    config.reload()
    yield tmp_path
    monkeypatch.undo()
    config.reload()


def write(home, **settings):
    (home / "config.json").write_text(json.dumps(settings))


def test_defaults_are_those_of_keras():
    assert config.floatx() == "float32"
    assert config.epsilon() == 1e-7
    assert config.image_data_format() == "channels_last"
    assert config.requested_backend() is None
    assert config.default_dtype_policy() is None


def test_the_file_then_the_environment_then_the_program(home, monkeypatch):
    write(home, floatx="float16", backend="numpy", epsilon=1e-3)
    assert (config.floatx(), config.requested_backend(), config.epsilon()) == ("float16", "numpy", 1e-3)
    assert config.origin("floatx") == str(home / "config.json")
    monkeypatch.setenv("CORNE_FLOATX", "bfloat16")
    monkeypatch.setenv("CORNE_EPSILON", "1e-4")
    config.reload()  # both are read once
    assert (config.floatx(), config.epsilon()) == ("bfloat16", 1e-4)
    assert config.origin("floatx") == "environment variable CORNE_FLOATX"
    config.set_floatx("float64")
    config.set_epsilon(1e-5)
    config.set_image_data_format("channels_first")
    assert (config.floatx(), config.epsilon()) == ("float64", 1e-5)
    assert config.image_data_format() == "channels_first"
    assert config.origin("floatx") == "set by the program"
    assert config.origin("backend") == str(home / "config.json")
    assert config.origin("dtype_policy") == "default"


def test_home_is_a_folder_of_the_user(monkeypatch):
    monkeypatch.delenv("CORNE_HOME")
    assert config.home().name == ".corne"


@pytest.mark.parametrize(
    ("setter", "value", "message"),
    [
        (
            "set_floatx",
            "float23",
            "one of bfloat16, float16, float32, float64, got 'float23'.*mean 'float32'",
        ),
        ("set_epsilon", 0, "a number between 0 and 1, got 0"),
        ("set_epsilon", "tiny", "a number between 0 and 1, got 'tiny'"),
        ("set_image_data_format", "channel_last", "Did you mean 'channels_last'"),
        ("set_image_data_format", None, "one of channels_last, channels_first, got None"),
    ],
)
def test_bad_values_are_refused_and_change_nothing(setter, value, message):
    with pytest.raises(ArgumentError, match=message):
        getattr(config, setter)(value)
    assert (config.floatx(), config.epsilon()) == ("float32", 1e-7)


def test_a_bad_environment_variable_is_named(monkeypatch):
    monkeypatch.setenv("CORNE_FLOATX", "double")
    with pytest.raises(ArgumentError, match="environment variable CORNE_FLOATX"):
        config.floatx()


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("{", FileFormatError, "a readable JSON object"),
        ("[]", FileFormatError, "a JSON object of settings, got list"),
        ('{"backed": "cpu"}', ArgumentError, "Did you mean 'backend'"),
        ('{"floatx": 32}', ArgumentError, "config.json: floatx: expected one of"),
        ('{"backend": 3}', ArgumentError, "config.json: backend: expected a name, got 3"),
    ],
)
def test_a_bad_file_is_named(home, text, error, message):
    (home / "config.json").write_text(text)
    with pytest.raises(error, match=message) as caught:
        config.floatx()
    assert str(home / "config.json") in str(caught.value)


def test_null_in_the_file_is_the_default(home):
    write(home, backend=None, floatx=None)
    assert config.requested_backend() is None
    assert config.floatx() == "float32"


def test_an_unknown_setting_has_a_nearest_name():
    with pytest.raises(AttributeError, match="Did you mean 'epsilon'"):
        _ = config.epsilom


def test_dtype_policy_is_found_here_as_in_keras():
    assert "dtype_policy" in dir(config)
    assert config.dtype_policy().name == "float32"
