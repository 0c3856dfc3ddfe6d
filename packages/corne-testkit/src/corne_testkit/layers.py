"""LayerConformance: what every layer should the people who use it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from corne import backend as backends
from corne import dtype_policies, dtypes, tree
from corne.layer import Layer
from corne.masking import get_mask, set_mask
from corne.plugins import registry
from corne.variable import Variable

from corne_testkit.case import Case
from corne_testkit.conformance import (
    Conformance,
    fail,
    forgotten,
    largest_difference,
    require_gradients,
    through_json,
)
from corne_testkit.differences import wrong_gradients
from corne_testkit.packages import PackageConformance
from corne_testkit.training import Descent, Shift, mean_square


class LayerConformance(PackageConformance, Conformance):
    """Tests of layers: subclass it in a test module and list ``cases``.

    >>> from corne.layer import Layer
    >>> class TestNothing(LayerConformance):
    ...     cases = [Case(Layer, input_shape=(4, 3))]
    """

    cases: ClassVar[Sequence[Case]] = ()

    # -- calling ----------------------------------------------------------------------------------------
    def test_builds_and_calls(self, case: Case, backend: Any) -> None:
        """A layer makes its weights at the first call and returns finite arrays of the active backend."""
        layer = case.make()
        outputs = [y for y in tree.flatten(case.call(layer, case.inputs())) if y is not None]
        if not layer.built:
            fail(case, "expected a layer that is built after its first call", "built is False",
                 "Let build() make the weights, or call super().build(input_shape).")  # fmt: skip
        if not outputs or not all(backend.is_array(y) for y in outputs):
            fail(case, f"expected arrays of the backend {backend.name}", f"{[type(y) for y in outputs]}",
                 "Compute with corne.ops only.")  # fmt: skip
        first = [backend.to_numpy(y) for y in outputs]
        if not all(np.isfinite(y.astype("float64")).all() for y in first if y.dtype.kind != "c"):
            fail(case, "expected finite outputs for finite inputs", "NaN or infinity",
                 "Guard divisions, logarithms and roots.")  # fmt: skip
        if case.deterministic:
            gap = largest_difference(first, case.run(layer, case.inputs()), tolerance=0)
            if gap:
                fail(case, "inference should give the same output for the same input", gap,
                     "Draw random numbers in training only, or set deterministic=False.")  # fmt: skip

    def test_symbolic_shapes_and_dtypes(self, case: Case, backend: Any) -> None:
        """A symbolic call has the shapes and dtypes of a real one, with an unknown batch size too."""
        two, three = (self._outputs(case, batch) for batch in (2, 3))
        known = tree.flatten(case.call(case.make(), case.symbolic_inputs(2)))
        unknown = tree.flatten(case.call(case.make(), case.symbolic_inputs(None)))
        if not len(known) == len(unknown) == len(two):
            fail(case, "expected as many symbolic outputs as real ones", f"{len(known)} against {len(two)}",
                 "Fix compute_output_shape().")  # fmt: skip
        for index, (y2, y3) in enumerate(zip(two, three, strict=True)):
            for symbolic, shape in (
                (known[index], tuple(y2.shape)),
                (
                    unknown[index],
                    tuple(a if a == b else None for a, b in zip(y2.shape, y3.shape, strict=True)),
                ),
            ):
                if tuple(symbolic.shape) != shape:
                    fail(case, f"output {index} should have the shape {shape}, as real calls have it",
                         f"the symbolic call says {tuple(symbolic.shape)}",
                         "Fix compute_output_shape(), or remove it: Corne derives the shape.")  # fmt: skip
                if symbolic.dtype != backend.dtype_name(y2):
                    fail(
                        case,
                        f"output {index} should have the dtype {backend.dtype_name(y2)}, as real calls have it",
                        f"the symbolic call says {symbolic.dtype}",
                        "Override compute_output_spec() where the output isn't in the compute dtype.",
                    )

    def test_output_shapes_of_shapes(self, case: Case, backend: Any) -> None:
        """``compute_output_shape`` returns the shapes that the outputs have."""
        layer = case.make()
        expected = [tuple(y.shape) for y in self._outputs(case, 2)]
        shapes = tree.map_structure(lambda x: tuple(x.shape), case.inputs(2))
        if case.takes_keywords:
            given = layer.compute_output_shape(**{f"{key}_shape": shape for key, shape in shapes.items()})
        else:
            given = layer.compute_output_shape(shapes)
        flat: list[Any] = []
        from corne.layer.shapes import map_shapes

        map_shapes(flat.append, given)
        if flat != expected:
            fail(
                case,
                f"compute_output_shape() should return {expected} for {shapes}",
                f"it returned {given}",
                "Fix it, or remove it: Corne derives the shape.",
            )

    @pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "float64"])
    def test_dtype_policies(self, case: Case, backend: Any, policy: str) -> None:
        """Weights are kept in the policy's variable dtype; outputs come in its compute dtype."""
        if "dtype" in case.constructor_arguments():
            pytest.skip("the case chooses the dtype itself")
        layer = case.make(dtype=policy)
        outputs = [y for y in tree.flatten(case.call(layer, case.inputs())) if y is not None]
        wanted = dtype_policies.get(policy)
        for weight in layer.weights:
            if weight.autocast and dtypes.is_float(weight.dtype) and weight.dtype != wanted.variable_dtype:
                fail(case, f"under {policy} weights should have the dtype {wanted.variable_dtype}",
                     f"{weight.path} has {weight.dtype}",
                     "Leave out dtype= in add_weight(), or pass autocast=False for a reason.")  # fmt: skip
        for index, y in enumerate(outputs):
            given = backend.dtype_name(y)
            if dtypes.is_float(given) and given != wanted.compute_dtype:
                fail(
                    case,
                    f"under {policy} output {index} should have the dtype {wanted.compute_dtype}",
                    f"it has {given}",
                    "Cast constants to inputs.dtype; don't pass dtype='float32' to ops.",
                )

    # -- mathematics ------------------------------------------------------------------------------------
    @pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
    def test_gradients(self, case: Case, backend: Any, training: bool) -> None:
        """Gradients of inputs and weights equal central differences in float64."""
        require_gradients(backend)
        if not case.differentiable:
            pytest.skip("the case says that it is not differentiable")
        layer = case.make_built(dtype="float64")
        if training and len(layer.variables) > len(layer.weights):
            pytest.skip("training draws random numbers")
        floating = dtypes.is_float(case.input_dtype)
        leaves = case.inputs(dtype="float64" if floating else None)
        inputs = tree.map_structure(lambda x: Variable(x, trainable=floating, name="input"), leaves)
        upstream: list[Any] = []

        def scalar() -> Any:
            from corne import ops

            values = tree.map_structure(lambda v: v.value, inputs)
            outputs = tree.flatten(case.call(layer, values, **({"training": True} if training else {})))
            outputs = [y for y in outputs if y is not None and dtypes.is_float(backend.dtype_name(y))]
            if not upstream:
                generator = case.generator(2)
                upstream.extend(backend.asarray(generator.normal(size=tuple(y.shape))) for y in outputs)
            return sum(ops.sum(ops.multiply(y, u)) for y, u in zip(outputs, upstream, strict=True))

        variables = (tree.flatten(inputs) if floating else []) + layer.trainable_weights
        if not variables:
            pytest.skip("nothing to differentiate with respect to")
        wrong = wrong_gradients(scalar, variables, case.generator(3))
        if wrong:
            fail(case, "expected gradients that agree with differences of the outputs", "; ".join(wrong),
                 "Compute with corne.ops, fix custom_gradient, or set differentiable=False.")  # fmt: skip

    def test_samples_are_independent(self, case: Case, backend: Any) -> None:
        """In inference a sample's output depends on that sample only, and not on how many there are."""
        if not case.batch_independent and case.layer_class.treats_samples_alone(training=False):
            fail(case, "acts_per_sample is owed by batch_independent=True", "batch_independent=False",
                 "Fix one of them.")  # fmt: skip
        if not (case.batch_independent and case.deterministic):
            pytest.skip("the case says that samples influence one another, or outputs are random")
        layer = case.make_built()
        inputs, others = case.inputs(3), case.inputs(3, number=1)
        changed = tree.map_structure(lambda x, o: np.concatenate([x[:1], o[1:]]), inputs, others)
        alone = tree.map_structure(lambda x: x[:1], inputs)
        whole = [y[:1] for y in case.run(layer, inputs)]
        for what, other in (("when other samples change", changed), ("when it is alone", alone)):
            gap = largest_difference(whole, [y[:1] for y in case.run(layer, other)], tolerance=case.tolerance)
            if gap:
                fail(case, f"a sample should give the same output {what}", gap,
                     "Don't reduce over axis 0 in inference, or set batch_independent=False.")  # fmt: skip
        if case.layer_class.treats_samples_alone(training=True):
            whole = [y[:1] for y in case.run(layer, inputs, training=True)]
            gap = largest_difference(
                whole, [y[:1] for y in case.run(layer, changed, training=True)], tolerance=case.tolerance
            )
            if gap:
                fail(case, "a sample owes the same output in training, for acts_per_sample is True", gap,
                     'Set acts_per_sample = "inference".')  # fmt: skip

    def test_backends_agree(self, case: Case, other_backend: str) -> None:
        """Every backend computes what numpy computes, from the same weights."""
        if not case.deterministic:
            pytest.skip("the case says that outputs are random")
        with backends.use("numpy"):
            layer = case.make_built()
            weights, expected = layer.get_weights(), case.run(layer, case.inputs())
        with backends.use(other_backend):
            layer = case.make_built()
            layer.set_weights(weights)
            gap = largest_difference(case.run(layer, case.inputs()), expected, tolerance=case.tolerance)
        if gap:
            fail(
                case,
                f"{other_backend} and numpy should give the same values",
                gap,
                "Look for an operation whose result depends on the engine, such as an order or a dtype.",
            )

    def test_masks(self, case: Case, backend: Any) -> None:
        """An input with a mask does no harm, and a mask that is passed on fits the output."""
        layer = case.make()
        arrays = tree.map_structure(backend.asarray, case.inputs())
        if not all(
            x.ndim >= 2 and (x.ndim > 2 or not dtypes.is_float(case.input_dtype))
            for x in tree.flatten(arrays)
        ):
            pytest.skip("inputs have no axis of time steps")
        for x in tree.flatten(arrays):
            steps = np.ones(tuple(x.shape[:2]), bool)
            steps[0, -1] = False
            set_mask(x, backend.asarray(steps))
        for y in tree.flatten(case.call(layer, arrays)):
            mask = get_mask(y)
            if mask is None:
                continue
            if backend.dtype_name(mask) != "bool" or tuple(mask.shape) != tuple(y.shape[: len(mask.shape)]):
                fail(
                    case,
                    f"expected a boolean mask that fits the leading axes of the output's {tuple(y.shape)}",
                    f"{backend.dtype_name(mask)} of shape {tuple(mask.shape)}",
                    "Write compute_mask(inputs, previous_mask), which returns None to drop the mask.",
                )

    # -- configuration and files ------------------------------------------------------------------------
    def test_configuration_round_trip(self, case: Case, backend: Any) -> None:
        """``from_config(get_config())``, through JSON, makes a layer that computes the same."""
        layer = case.make_built()
        config = layer.get_config()
        lacking = forgotten(layer, case.constructor_arguments(), config)
        if lacking:
            fail(
                case,
                "get_config() should return every argument of the constructor",
                f"it lacks {lacking}",
                "Add them: {**super().get_config(), 'argument': self.argument}.",
            )
        with self._known(case):
            again = type(layer).from_config(through_json(case, config))
        case.call(again, case.inputs())
        if through_json(case, again.get_config()) != through_json(case, config):
            fail(case, "a layer made from a configuration should give the same configuration",
                 f"{again.get_config()} instead of {config}",
                 "Store arguments as they were given, and return those.")  # fmt: skip
        self._same(case, layer, again, "a layer made from its configuration")

    def test_serialization(self, case: Case, backend: Any) -> None:
        """``corne.saving`` describes the layer by its registered name, and builds it again."""
        from corne import saving

        layer = case.make_built()
        with self._known(case):
            again = saving.deserialize_keras_object(through_json(case, saving.serialize_keras_object(layer)))
        if type(again) is not type(layer):
            fail(
                case,
                f"serialization should give a {type(layer).__name__} again",
                f"it made {type(again).__name__}",
                "Register the class under its own name in _plugin.py.",
            )
        if not again.built:
            case.call(again, case.inputs())
        self._same(case, layer, again, "a layer made from its serialized form")

    def test_works_in_models(self, case: Case, backend: Any) -> None:
        """A functional, a Sequential and a subclassed model compute what the layer alone computes."""
        from corne.model import Model, Sequential

        class Holder(Model):
            def __init__(self, inner: Layer) -> None:
                super().__init__()
                self.inner = inner

            def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
                return case.call(self.inner, inputs)

        layer = case.make_built()
        models = {"functional": self._functional(case, layer), "subclassed": Holder(layer)}
        if case.has_one_input:
            models["Sequential"] = Sequential([layer])
        expected = case.run(layer, case.inputs())
        for kind, model in models.items():
            given = tree.flatten(model.predict(case.inputs(), verbose=0))
            if case.deterministic:
                gap = largest_difference(
                    [y for y in given if y is not None], expected, tolerance=case.tolerance
                )
                if gap:
                    fail(case, f"a {kind} model should have what the layer computes alone", gap,
                         "Keep all that call() needs in weights and configuration.")  # fmt: skip
            if len(model.weights) != len(layer.weights):
                fail(
                    case,
                    f"a {kind} model should have the layer's {len(layer.weights)} weights",
                    f"it has {len(model.weights)}",
                    "Make weights in build() and hold them, and layers, as attributes.",
                )

    def test_save_and_load(self, case: Case, backend: Any, tmp_path: Path) -> None:
        """A ``.keras`` file gives back a model with the same weights and predictions."""
        from corne.saving import load_model

        layer = case.make_built()
        model = self._functional(case, layer)
        model.save(tmp_path / "model.keras")
        with self._known(case):
            again = load_model(tmp_path / "model.keras")
        if largest_difference(again.get_weights(), model.get_weights(), tolerance=0):
            fail(case, "a file should give the weights that were saved", "others were loaded",
                 "Make the same weights in build() each time, in the same order.")  # fmt: skip
        if case.deterministic:
            gap = largest_difference(
                again.predict(case.inputs(), verbose=0),
                model.predict(case.inputs(), verbose=0),
                tolerance=case.tolerance,
            )
            if gap:
                fail(case, "a loaded model should have the predictions of the saved one", gap,
                     "Keep all that call() needs in weights and configuration.")  # fmt: skip

    # -- training ---------------------------------------------------------------------------------------
    def test_training_step(self, case: Case, backend: Any) -> None:
        """One step changes every trainable weight, and others only where the case says so."""
        require_gradients(backend)
        layer = case.make_built()
        outputs = [y for y in tree.flatten(case.call(layer, case.inputs())) if y is not None]
        if not all(dtypes.is_float(backend.dtype_name(y)) for y in outputs):
            pytest.skip("outputs are not floating numbers, so there is no loss of them")
        ahead: list[Shift] = []
        if not layer.trainable_weights:
            if not (case.differentiable and dtypes.is_float(case.input_dtype)):
                pytest.skip("neither weights nor inputs that training could change")
            ahead.extend(Shift() for _ in tree.flatten(case.inputs()))
        model = self._functional(case, layer, *ahead)
        targets = [case.generator(4).normal(size=tuple(y.shape)).astype("float32") for y in outputs]
        model.compile(optimizer=Descent(0.1), loss=mean_square)
        before = {id(w): w.numpy() for w in layer.weights}
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*no gradients")  # said better below
            loss = model.train_on_batch(case.inputs(), targets[0] if len(targets) == 1 else targets)
        if not np.isfinite(np.asarray(loss, "float64")).all():
            fail(
                case,
                "a training step should give a finite loss",
                f"{loss}",
                "Guard divisions, logarithms and roots.",
            )
        if not all(shift.number.numpy() for shift in ahead):
            fail(
                case,
                "a training step should give gradients to the layers before",
                "their weights stayed",
                "Compute with corne.ops, without stop_gradient, or set differentiable=False.",
            )
        trainable = {id(w) for w in layer.trainable_weights}
        changed_others = False
        for weight in layer.weights:
            changed = not np.array_equal(before[id(weight)], weight.numpy())
            if id(weight) in trainable and not changed and case.differentiable:
                fail(case, "a training step should change each trainable weight", f"{weight.path} stayed",
                     "Use it in call(), without stop_gradient, or make it with trainable=False.")  # fmt: skip
            if id(weight) not in trainable and changed:
                changed_others = True
                if not case.updates_state:
                    fail(
                        case,
                        "a training step should not change weights that are not trainable",
                        f"{weight.path} changed",
                        "Don't assign it in call(), or set updates_state=True.",
                    )
        if case.updates_state and not changed_others:
            fail(case, "updates_state=True should change a weight that is not trainable", "none changed",
                 "Assign it in call() when training, or leave updates_state out.")  # fmt: skip

    # -- helpers ----------------------------------------------------------------------------------------
    @staticmethod
    def _outputs(case: Case, batch: int) -> list[Any]:
        return [y for y in tree.flatten(case.call(case.make(), case.inputs(batch))) if y is not None]

    @staticmethod
    def _functional(case: Case, layer: Layer, *ahead: Layer) -> Any:
        from corne.model import Model

        inputs = shifted = case.symbolic_inputs()
        if ahead:  # one for each input
            leaves = [shift(x) for shift, x in zip(ahead, tree.flatten(inputs), strict=True)]
            shifted = tree.pack_sequence_as(inputs, leaves)
        return Model(inputs, case.call(layer, shifted))

    @staticmethod
    def _known(case: Case) -> Any:
        """Let configurations name the class where no plugin registers it."""
        from corne import saving

        cls = case.layer_class
        return saving.custom_object_scope({} if registry.entry_of(cls) else {cls.__name__: cls})

    @staticmethod
    def _same(case: Case, layer: Layer, again: Layer, what: str) -> None:
        if [w.shape for w in again.weights] != [w.shape for w in layer.weights]:
            fail(
                case,
                f"{what} should give weights of shapes {[w.shape for w in layer.weights]}",
                f"{[w.shape for w in again.weights]}",
                "Return every argument that build() uses from get_config().",
            )
        again.set_weights(layer.get_weights())
        if case.deterministic:
            gap = largest_difference(
                case.run(again, case.inputs()), case.run(layer, case.inputs()), tolerance=case.tolerance
            )
            if gap:
                fail(case, f"{what} should give the same outputs", gap,
                     "Return every argument that call() uses from get_config().")  # fmt: skip
