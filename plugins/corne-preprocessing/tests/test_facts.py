"""The layers for text and categories against what Keras with TensorFlow computes; see make_facts.py."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path

import numpy as np
import pytest
from corne import layers

HERE = Path(__file__).parent
CASES = json.loads((HERE / "cases.json").read_text("utf-8"))
FACTS = json.loads((HERE / "facts.json").read_text("utf-8"))


def _maker():
    spec = importlib.util.spec_from_file_location("make_facts", HERE / "make_facts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = _maker()
PAIRS = list(zip(CASES, FACTS, strict=True))
IDS = [f"{case['layer']}-{number}" for number, case in enumerate(CASES)]


def _adapted(case):
    layer = getattr(layers, case["layer"])(**MAKER.arguments(case))
    if "adapt" in case:
        layer.adapt(MAKER.data(case["adapt"]))
    return layer


def _check(case, layer, backend, fact):
    output = backend.to_numpy(layer(MAKER.data(case["call"])))
    np.testing.assert_allclose(output, np.array(fact["output"]), rtol=1e-6)
    assert output.shape == np.shape(fact["output"])
    if "tokens" in fact:
        assert layer.get_vocabulary(include_special_tokens=False) == fact["tokens"]
    if "vocabulary" in fact:
        assert layer.get_vocabulary() == fact["vocabulary"]


@pytest.mark.parametrize("case, fact", PAIRS, ids=IDS)
def test_fact(case, fact, backend):
    """Equal outputs, equal vocabularies in equal order."""
    _check(case, _adapted(case), backend, fact)


@pytest.mark.parametrize("case, fact", PAIRS, ids=IDS)
def test_configuration_and_files(case, fact, backend, tmp_path):
    """A layer made from the configuration, with assets and variables from a file, computes the same."""
    layer = _adapted(case)
    again = type(layer).from_config(json.loads(json.dumps(layer.get_config())))
    if hasattr(layer, "save_assets"):
        layer.save_assets(str(tmp_path))
        again.load_assets(str(tmp_path)) if os.listdir(tmp_path) else None
        store = {}
        layer.save_own_variables(store)
        again.load_own_variables(store)
    _check(case, again, backend, fact)


@pytest.mark.oracle
@pytest.mark.parametrize("case, fact", PAIRS, ids=IDS)
def test_facts_hold(case, fact):
    """The facts are what an installed TensorFlow computes now."""
    tensorflow, keras = pytest.importorskip("tensorflow"), pytest.importorskip("keras")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("needs KERAS_BACKEND=tensorflow")
    found = MAKER.fact(case, tensorflow, keras)
    np.testing.assert_allclose(found["output"], fact["output"], rtol=1e-6)
    assert {k: v for k, v in found.items() if k != "output"} == {
        k: v for k, v in fact.items() if k != "output"
    }
