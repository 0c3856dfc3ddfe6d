"""The kit must fail on bad layers, each for its own fault, and pass a good one."""

from __future__ import annotations

import sys
import textwrap

import numpy as np
import pytest
from corne import backend as backends
from corne import ops
from corne.layer import Layer
from corne_testkit import Case, LayerConformance

KIT = LayerConformance()
FAILED = pytest.fail.Exception


class Good(Layer):
    """``gamma * x``, done right."""

    def __init__(self, start=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start
        self.supports_masking = True

    def build(self, input_shape):
        from corne.initializers import Constant

        self.gamma = self.add_weight(shape=(input_shape[-1],), initializer=Constant(self.start), name="gamma")

    def call(self, inputs):
        return ops.multiply(inputs, self.gamma)

    def get_config(self):
        return {**super().get_config(), "start": self.start}


class TestGood(LayerConformance):
    """A good layer passes, as a subclass in a test module."""

    cases = [Case(Good, {"start": 0.5}, input_shape=(4, 3))]


class WrongShape(Good):
    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)


class ShapeOfBatchOnly(Good):
    def call(self, inputs):
        return ops.reshape(super().call(inputs), (-1, inputs.shape[-1]))

    def compute_output_shape(self, input_shape):  # right for a known batch, silent about the product
        return (None, input_shape[-1])


@pytest.mark.parametrize("layer", [WrongShape, ShapeOfBatchOnly])
def test_a_wrong_output_shape_fails(backend, layer):
    case = Case(layer, input_shape=(4, 3))
    with pytest.raises(FAILED, match=r"have the shape .*compute_output_shape"):
        KIT.test_symbolic_shapes_and_dtypes(case, backend)
    with pytest.raises(FAILED, match="compute_output_shape\\(\\) should return"):
        KIT.test_output_shapes_of_shapes(case, backend)


class Forgetful(Good):
    def get_config(self):
        config = super().get_config()
        del config["start"]
        return config


def test_a_forgotten_argument_fails(backend):
    with pytest.raises(FAILED, match=r"it lacks \['start'\]"):
        KIT.test_configuration_round_trip(Case(Forgetful, {"start": 2.0}), backend)


class Unlike(Good):
    """Says another argument than it was given."""

    def call(self, inputs):
        return ops.multiply(super().call(inputs), self.start)

    def get_config(self):
        return {**super().get_config(), "start": 1.0}


@pytest.mark.parametrize("test", ["test_configuration_round_trip", "test_serialization"])
def test_a_configuration_that_lies_fails(backend, test):
    with pytest.raises(FAILED, match="the same outputs"):
        getattr(KIT, test)(Case(Unlike, {"start": 2.0}), backend)


def test_a_file_of_a_layer_whose_configuration_lies_fails(backend, tmp_path):
    with pytest.raises(FAILED, match="the predictions of the saved one"):
        KIT.test_save_and_load(Case(Unlike, {"start": 2.0}), backend, tmp_path)


class NotJson(Good):
    def get_config(self):
        return {**super().get_config(), "start": np.ones(2)}


def test_a_configuration_that_json_can_not_hold_fails(backend):
    with pytest.raises(FAILED, match="JSON can hold"):
        KIT.test_configuration_round_trip(Case(NotJson), backend)


class BatchMean(Good):
    def call(self, inputs):
        return ops.subtract(inputs, ops.mean(inputs, axis=0, keepdims=True))


def test_samples_that_influence_one_another_fail(backend):
    with pytest.raises(FAILED, match="a sample should give the same output when other samples change"):
        KIT.test_samples_are_independent(Case(BatchMean), backend)
    with pytest.raises(pytest.skip.Exception):
        KIT.test_samples_are_independent(Case(BatchMean, batch_independent=False), backend)


class WrongGradient(Good):
    def call(self, inputs):
        @ops.custom_gradient
        def double(x):
            return ops.multiply(x, 2.0), lambda upstream: ops.multiply(upstream, 2.01)

        return double(super().call(inputs))


def test_a_wrong_gradient_fails(backend):
    if "gradients" not in backend.capabilities:
        pytest.skip("needs gradients")
    with pytest.raises(FAILED, match=r"a derivative of .* where differences measure"):
        KIT.test_gradients(Case(WrongGradient), backend, False)


class Detached(Good):
    def build(self, input_shape):
        super().build(input_shape)
        self.beta = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="beta")

    def call(self, inputs):
        return ops.add(super().call(inputs), ops.stop_gradient(self.beta.value))


class Blind(Layer):
    def call(self, inputs):
        return ops.stop_gradient(inputs)


def test_a_missing_gradient_fails(backend):
    if "gradients" not in backend.capabilities:
        pytest.skip("needs gradients")
    with pytest.raises(FAILED, match=r"beta: (no gradient|a derivative of 0) where"):
        KIT.test_gradients(Case(Detached), backend, False)
    with pytest.raises(FAILED, match="beta stayed"):
        KIT.test_training_step(Case(Detached), backend)
    with pytest.raises(FAILED, match="input: "):
        KIT.test_gradients(Case(Blind), backend, False)


class Counting(Good):
    def build(self, input_shape):
        super().build(input_shape)
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False, name="calls")

    def call(self, inputs, training=False):
        if training:
            self.calls.assign_add(1.0)
        return super().call(inputs)


def test_state_that_changes_without_a_word_fails(backend):
    if "gradients" not in backend.capabilities:
        pytest.skip("needs gradients")
    with pytest.raises(FAILED, match=r"calls changed.*updates_state=True"):
        KIT.test_training_step(Case(Counting), backend)
    KIT.test_training_step(Case(Counting, updates_state=True), backend)
    with pytest.raises(FAILED, match="none changed"):
        KIT.test_training_step(Case(Good, updates_state=True), backend)


class FixedDtype(Good):
    def call(self, inputs):
        return ops.cast(super().call(inputs), "float32")


class FixedWeight(Good):
    def build(self, input_shape):
        self.gamma = self.add_weight(shape=(input_shape[-1],), dtype="float32", name="gamma")


def test_a_dtype_of_its_own_fails(backend):
    with pytest.raises(FAILED, match="output 0 should have the dtype bfloat16; it has float32"):
        KIT.test_dtype_policies(Case(FixedDtype), backend, "mixed_bfloat16")
    with pytest.raises(FAILED, match="weights should have the dtype float64"):
        KIT.test_dtype_policies(Case(FixedWeight), backend, "float64")


class NotFinite(Good):
    def call(self, inputs):
        return ops.log(ops.multiply(super().call(inputs), 0.0))


class AlwaysRandom(Good):
    count = 0

    def call(self, inputs):
        AlwaysRandom.count += 1
        return ops.add(super().call(inputs), float(AlwaysRandom.count))


def test_outputs_that_no_one_can_use_fail(backend):
    with np.errstate(all="ignore"), pytest.raises(FAILED, match="expected finite outputs"):
        KIT.test_builds_and_calls(Case(NotFinite), backend)
    with pytest.raises(FAILED, match="the same output for the same input"):
        KIT.test_builds_and_calls(Case(AlwaysRandom), backend)


class ByBackend(Good):
    def call(self, inputs):
        return ops.add(super().call(inputs), 0.001 if backends.name() == "numpy" else 0.0)


def test_backends_that_disagree_fail():
    others = [name for name, reason in backends.available().items() if reason is None and name != "numpy"]
    if not others:
        pytest.skip("needs a second backend")
    with pytest.raises(FAILED, match=f"{others[0]} and numpy should give the same values"):
        KIT.test_backends_agree(Case(ByBackend), others[0])


class OddMask(Good):
    def compute_mask(self, inputs, previous_mask=None):
        return None if previous_mask is None else previous_mask[:, :-1]


def test_a_mask_that_does_not_fit_fails(backend):
    with pytest.raises(FAILED, match="expected a boolean mask"):
        KIT.test_masks(Case(OddMask, input_shape=(4, 3)), backend)


def test_an_engine_that_a_layer_imports_is_found(tmp_path, monkeypatch):
    text = """
    import {engine}
    from corne.layer import Layer

    class Narrow(Layer):
        def call(self, inputs):
            return inputs
    """
    (tmp_path / "torch.py").write_text("")  # stands for the engine, which need not be installed
    (tmp_path / "narrow_layer.py").write_text(textwrap.dedent(text.format(engine="torch")))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    kept = sys.modules.get("torch")
    from narrow_layer import Narrow

    if kept is None:
        sys.modules.pop("torch", None)

    class Kit(LayerConformance):
        cases = [Case(Narrow), Case(Good)]

    with pytest.raises(FAILED, match=r"it imports \['torch'\]"):
        Kit().test_imports_no_engine(Kit.cases[0])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("cases = []", "cases is empty"),
        ("cases = [Case(Layer, skip={'gradient': 'why'})]", "are no tests of this class"),
        ("cases = [Case(Layer, skip={'gradients': ''})]", "needs a reason"),
        ("cases = [Case(Layer, input_dtype='int32')]", "need input_data="),
    ],
)
def test_mistakes_in_the_cases_are_reported(pytester, body, message):
    pytester.makepyfile(
        f"""
        from corne.layer import Layer
        from corne_testkit import Case, LayerConformance

        class TestIt(LayerConformance):
            {body}
        """
    )
    result = pytester.runpytest_inprocess()
    assert result.ret != 0
    result.stdout.fnmatch_lines([f"*{message}*"])


def test_opting_out_shows_its_reason(pytester):
    pytester.makepyfile(
        """
        from corne.layer import Layer
        from corne_testkit import Case, LayerConformance

        class Same(Layer):
            def call(self, inputs):
                return inputs

        class TestIt(LayerConformance):
            cases = [Case(Same, skip={"masks": "it has no time"})]
        """
    )
    result = pytester.runpytest_inprocess("-rs", "-k", "test_masks", "--corne-backends=numpy")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*it has no time*"])
