"""Operations and kernels of third parties: names, symbolic calls, files, kernels that decline, conflicts."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest
from corne import Input, Model, ops, saving
from corne import backend as backends
from corne.errors import MissingPluginError, PluginError, StateError, UnknownNameError
from corne.operation import op, to, xp
from corne.plugins import plugins, refresh, registry
from corne.saving.archive import PLUGINS

OPERATIONS = """
    @hookimpl
    def corne_ops():
        return {"swirl": "acme_swirl.swirl:swirl", "image.swirl": "acme_swirl.swirl:image_swirl",
                "square": "acme_swirl.swirl:square", "linalg.turn": "acme_swirl.swirl:swirl"}
"""
SWIRL = """
    from corne.operation import op, xp

    @op()
    def swirl(x, times=1):
        return xp().roll(x, times, axis=-1)

    @op()
    def image_swirl(x):
        return xp().flip(x, axis=-1)

    @op()
    def square(x):
        return x * 1000
"""


@pytest.fixture
def swirl(backend, install):
    return install("acme-swirl", OPERATIONS, modules={"swirl": SWIRL})


def numbers(x):
    return np.asarray(ops.convert_to_numpy(x)).tolist()


def test_a_registered_operation_is_a_member_of_ops(swirl):
    from corne.ops import swirl as found

    assert numbers(ops.swirl([1, 2, 3])) == [3, 1, 2]
    assert found is ops.swirl
    assert numbers(ops.image.swirl([1, 2])) == [2, 1]
    assert {"swirl", "image"} <= set(dir(ops))
    assert "swirl" in dir(ops.image)
    assert ops.linalg.turn is ops.swirl
    assert "turn" not in dir(ops)


def test_a_name_is_gone_with_its_package(swirl, monkeypatch):
    assert ops.swirl is not None
    monkeypatch.setenv("CORNE_DISABLE_PLUGINS", "acme-swirl")
    refresh()
    with pytest.raises(UnknownNameError):
        _ = ops.swirl


def test_corne_s_own_operations_are_not_taken_over(swirl):
    assert numbers(ops.square([3])) == [9]
    assert numbers(registry.get("ops", "acme-swirl:square")([3])) == [3000]
    assert numbers(ops.convert_to_tensor([3]) ** 2) == [9]
    (plugin,) = plugins()
    assert [problem.where for problem in plugin.problems] == ["corne_ops"]


def test_two_claims_to_one_name(backend, install):
    install("acme-swirl", OPERATIONS, modules={"swirl": SWIRL})
    install("acme-twirl", OPERATIONS.replace("acme_swirl", "acme_twirl"), modules={"swirl": SWIRL})
    with pytest.raises(PluginError, match=r"acme-swirl 1\.0 and acme-twirl 1\.0"):
        _ = ops.swirl
    assert numbers(registry.get("ops", "acme-twirl:swirl")([1, 2, 3])) == [3, 1, 2]


@pytest.mark.parametrize("name", ["2d", "image.", ".swirl", "a-b"])
def test_a_name_that_can_not_be_written_is_a_problem(install, name):
    install("acme-bad", f"@hookimpl\ndef corne_ops():\n    return {{{name!r}: 'acme_bad.swirl:swirl'}}\n")
    (plugin,) = plugins()
    assert [problem.where for problem in plugin.problems] == ["corne_ops"]
    assert plugin.names["ops"] == {}


def test_a_functional_model_with_it_is_saved_and_loaded(swirl, tmp_path, monkeypatch):
    x = Input((3,))
    model = Model(x, ops.image.swirl(ops.swirl(x, times=2)))
    data = np.arange(6, dtype="float32").reshape(2, 3)
    expected = numbers(model(data))
    assert expected == [[0, 2, 1], [3, 5, 4]]  # 0 1 2 rolled by 2 is 1 2 0, flipped 0 2 1
    path = tmp_path / "m.keras"
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        needed = json.loads(archive.read(PLUGINS))
    assert needed["acme-swirl"] == {"version": "1.0", "provides": ["swirl", "image.swirl"]}
    assert numbers(saving.load_model(path)(data)) == expected
    monkeypatch.setenv("CORNE_DISABLE_PLUGINS", "acme-swirl")
    refresh()
    with pytest.raises(MissingPluginError, match="acme-swirl"):
        saving.load_model(path)


def test_an_unregistered_operation_works_but_is_not_saved(backend, tmp_path):
    @op()
    def local(x):
        return xp().flip(to(x, "float32"), axis=-1)

    x = Input((3,))
    model = Model(x, local(x))
    assert numbers(model(np.array([[1.0, 2.0, 3.0]], "float32"))) == [[3, 2, 1]]
    with pytest.raises(StateError, match="corne_ops"):
        model.get_config()


def test_an_operation_registered_by_hand_is_saved(backend, tmp_path):
    @saving.register_keras_serializable("tests")
    @op()
    def by_hand(x):
        return xp().flip(x, axis=-1)

    x = Input((2,))
    again = Model.from_config(Model(x, by_hand(x)).get_config())
    assert numbers(again(np.array([[1.0, 2.0]], "float32"))) == [[2, 1]]


KERNEL = """
    def swirl(x, times=1):
        return "kernel" if times == 7 else NotImplemented
"""


def kernels(engine, name):
    return f"""
    @hookimpl
    def corne_kernels():
        return {{"{engine}:{name}": "acme_fast.kernels:swirl"}}
"""


@pytest.mark.parametrize("name", ["swirl", "acme-swirl:swirl"])
def test_a_kernel_is_asked_first_and_may_decline(backend, install, name):
    install("acme-swirl", OPERATIONS, modules={"swirl": SWIRL})
    install("acme-fast", kernels(backend.name, name), modules={"kernels": KERNEL})
    assert ops.swirl([1, 2, 3], times=7) == "kernel"
    assert numbers(ops.swirl([1, 2, 3])) == [3, 1, 2]
    with backends.use("numpy" if backend.name != "numpy" else backend):
        assert ops.swirl([1, 2, 3], 7) == "kernel" if backend.name == "numpy" else [3, 1, 2]


def test_a_kernel_for_a_shared_engine(backend, install):
    if backend.engine == backend.name:
        pytest.skip("the backend shares no engine")
    install(
        "acme-fast",
        kernels(backend.engine, "tanh"),
        modules={"kernels": "def swirl(x):\n    return 'kernel'\n"},
    )
    assert ops.tanh([1.0]) == "kernel"


def test_two_kernels_for_one_operation_name_both(backend, install):
    install("acme-fast", kernels(backend.name, "tanh"), modules={"kernels": KERNEL})
    install("acme-quick", kernels(backend.name, "tanh"), modules={"kernels": KERNEL})
    with pytest.raises(PluginError, match=r"acme-fast 1\.0 and acme-quick 1\.0") as caught:
        ops.tanh([1.0])
    assert "CORNE_DISABLE_PLUGINS=acme-fast" in caught.value.fix


@pytest.mark.parametrize("name", ["tanh", "cpu:", ":tanh"])
def test_a_kernel_without_engine_or_operation_is_a_problem(install, name):
    install("acme-bad", f"@hookimpl\ndef corne_kernels():\n    return {{{name!r}: 'acme_bad.k:k'}}\n")
    (plugin,) = plugins()
    assert [problem.where for problem in plugin.problems] == ["corne_kernels"]
