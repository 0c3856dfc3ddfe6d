"""Lazy faces: what they list, what they keep, how they fail."""

from __future__ import annotations

import sys

import corne
import pytest
from corne._lazy import attach
from corne.errors import MissingPluginError, UnknownNameError


@pytest.fixture
def face(monkeypatch):
    """A module "face" with lazy names of every kind."""
    module = type(sys)("face")
    names = {"dumps": "json:dumps", "gone": "corne_not_there.deep:thing", "wrong": "json:no_such_function"}
    module.__getattr__, module.__dir__ = attach("face", names)
    monkeypatch.setitem(sys.modules, "face", module)
    return module


def test_a_name_is_loaded_when_used_and_kept(face):
    import json

    assert "dumps" in dir(face)
    assert "dumps" not in vars(face)
    assert face.dumps is json.dumps
    assert vars(face)["dumps"] is json.dumps


def test_an_unknown_name_is_an_attribute_error_with_the_nearest(face):
    with pytest.raises(UnknownNameError, match="Did you mean 'dumps'"):
        _ = face.dump
    with pytest.raises(AttributeError):
        _ = face.__wrapped__


def test_a_plugin_that_is_absent_is_named(face):
    with pytest.raises(MissingPluginError) as caught:
        _ = face.gone
    assert str(caught.value) == (
        "gone is provided by corne-not-there, which is not installed: pip install corne-not-there"
    )


def test_a_wrong_target_is_not_hidden(face):
    with pytest.raises(AttributeError, match="no_such_function"):
        _ = face.wrong


def test_the_version_is_the_installed_one():
    from importlib.metadata import version

    assert corne.__version__ == corne.version() == version("corne")


def test_corne_lists_its_names():
    assert {"Model", "Sequential", "Input", "Layer", "Variable", "layers", "ops", "hookimpl"} <= set(
        dir(corne)
    )
    with pytest.raises(AttributeError, match="Did you mean 'Sequential'"):
        _ = corne.Sequental
