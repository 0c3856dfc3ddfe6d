"""BackendConformance: what every backend should the operations, layers and models that run on it."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from corne import backend as backends
from corne import ops, random, tree
from corne.backend import Backend, TensorSpec, choice
from corne.backend.kernels import replaced
from corne.random import SeedGenerator
from corne.variable import Variable

from corne_testkit.conformance import fail, largest_difference
from corne_testkit.imports import HEAVY, imported_by
from corne_testkit.operation_cases import CASES, Case

DTYPES = ("float32", "float64", "float16", "bfloat16", "int32", "int64", "uint8", "bool")


class BackendConformance:
    """Tests of one backend: subclass it in a test module and set ``name``.

    class TestAcme(BackendConformance):
        name = "acme"
    """

    #: The name under which the backend is registered.
    name: ClassVar[str] = ""
    #: Largest difference from the default bodies of operations, absolute and relative.
    tolerance: ClassVar[float] = 1e-5
    #: Operations to leave out of the comparison with the default bodies: ``{"operation": "reason"}``.
    skip_operations: ClassVar[dict[str, str]] = {}

    @pytest.fixture
    def engine(self) -> Any:
        """The backend, active for the length of a test."""
        reason = backends.available().get(self.name, "it is not registered")
        if reason is not None:
            pytest.skip(f"the backend {self.name} can't run here: {reason}")
        with backends.use(self.name) as engine:
            yield engine

    # -- members ----------------------------------------------------------------------------------------
    def test_is_registered(self) -> None:
        """The spec has the name, and can be asked without importing anything heavy."""
        spec = choice.specs().get(self.name)
        if spec is None:
            fail(
                self.name,
                "a backend should give its name",
                "it is not registered",
                "Return it from corne_backends().",
            )
        if spec.name != self.name:
            fail(
                self.name, f"the spec should have the name {self.name}", spec.name, "Give both the same name."
            )
        package = spec.factory.partition(".")[0]
        for module in (f"{package}._plugin", f"{package}.spec"):
            found = imported_by((module,), HEAVY)[module]
            if found.get("watched"):
                fail(
                    self.name, f"{module} should import no engine", f"it imports {found['watched']}",
                    "Look for the engine with importlib.util.find_spec; import it in the Backend's module.",
                )  # fmt: skip

    def test_members(self, engine: Any) -> None:
        """It is a Backend with a name, devices and kernels of known operations."""
        if not isinstance(engine, Backend) or engine.name != self.name:
            fail(
                self.name,
                f"expected a Backend named {self.name}",
                repr(engine),
                "Subclass corne.backend.Backend.",
            )
        if not engine.devices() or not all(isinstance(device, str) for device in engine.devices()):
            fail(
                self.name,
                "devices() should return at least one name",
                repr(engine.devices()),
                "Return ['cpu'].",
            )
        unknown = set(engine.capabilities) - {"gradients", "compile"}
        if unknown:
            fail(self.name, "capabilities should have known values", f"{unknown}", "Fix the spelling.")
        if not callable(getattr(engine.xp, "add", None)):
            fail(self.name, "xp should have an array-API namespace", repr(engine.xp), "Use array-api-compat.")

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_arrays(self, engine: Any, dtype: str) -> None:
        """Arrays of every dtype go in and come out unchanged."""
        x = engine.asarray(np.array([[0, 1, 2], [3, 1, 0]]), dtype)
        back = engine.to_numpy(x)
        if not engine.is_array(x) or engine.is_array("x") or engine.is_array([1]):
            fail(
                self.name,
                "is_array() should return True for its own arrays only",
                f"{x!r}",
                "Check the type.",
            )
        if engine.dtype_name(x) != dtype or engine.dtype_name(engine.cast(x, "float32")) != "float32":
            fail(
                self.name,
                f"asarray() and cast() should return the dtype asked for, {dtype}",
                engine.dtype_name(x),
                "Cast.",
            )
        if not isinstance(back, np.ndarray) or back.dtype.name != dtype:
            fail(
                self.name, f"to_numpy() should return an ndarray of {dtype}", f"{type(back)} {back!r}",
                "Use ml_dtypes for bfloat16.",
            )  # fmt: skip
        expected = np.array([[0, 1, 2], [3, 1, 0]])
        expected = expected != 0 if dtype == "bool" else expected
        if not np.array_equal(back.astype("int64"), expected.astype("int64")):
            fail(self.name, "expected values unchanged", f"{back}", "Compare asarray() and to_numpy().")

    def test_python_values(self, engine: Any) -> None:
        """Python floats become float32, integers int32, booleans bool."""
        for value, dtype in ((1.5, "float32"), (2, "int32"), (True, "bool"), ([[1.0, 2.0]], "float32")):
            given = engine.dtype_name(engine.asarray(value))
            if given != dtype:
                fail(
                    self.name,
                    f"asarray({value!r}) should give the dtype {dtype}",
                    given,
                    "See Backend.asarray.",
                )

    # -- state ------------------------------------------------------------------------------------------
    def test_variables(self, engine: Any) -> None:
        """A variable is a copy, and keeps what is assigned to it."""
        for trainable in (True, False):
            start = np.ones((2, 3), "float32")  # arrays may lie in its memory, so it is no measure of them
            variable = Variable(start, trainable=trainable and "gradients" in engine.capabilities)
            value = engine.asarray(start)
            copy = Variable(value)
            copy.assign_add(1.0)
            variable.assign(np.full((2, 3), 2.0))
            if not np.array_equal(variable.numpy(), np.full((2, 3), 2.0)):
                fail(
                    self.name,
                    "a variable should have what was assigned to it",
                    f"{variable.numpy()}",
                    "See assign().",
                )
            if not np.array_equal(engine.to_numpy(value), np.ones((2, 3))):
                fail(
                    self.name,
                    "variable() should return a copy",
                    "assigning changed the array it was made of",
                    "Copy it.",
                )

    @pytest.mark.parametrize("jit_compile", [None, False, True])
    def test_steps_write_state_back(self, engine: Any, jit_compile: bool | None) -> None:
        """Steps return what their function returns, keep what it assigns, and draw other numbers each time."""
        if jit_compile and "compile" not in engine.capabilities:
            pytest.skip("the backend doesn't compile")
        total, generator = Variable(np.zeros(2, "float32"), trainable=False), SeedGenerator(1)

        def fn(batch: Any) -> Any:
            (x,) = batch
            total.assign_add(x)
            return {"sum": ops.add(total, 0.0), "noise": random.uniform((2,), seed=generator)}

        step = engine.step(fn, [total, generator.state], training=False, jit_compile=jit_compile)
        noise = []
        for count in range(1, 5):
            x = np.array([count, 2 * count], "float32")
            results = step((engine.asarray(x),))
            expected = [count * (count + 1) / 2, count * (count + 1)]  # 1 + 2 + ... + count, and twice that
            given = [engine.to_numpy(results["sum"]).tolist(), total.numpy().tolist()]
            if given != [expected, expected]:
                fail(self.name, f"call {count} of a step should give {expected} as result and in the variable",
                     f"{given}", "Write the new values of all variables back, and read them in each call.")  # fmt: skip
            noise.append(engine.to_numpy(results["noise"]).tobytes())
        if len(set(noise)) < len(noise) or generator.state.key != (1, len(noise)):
            fail(self.name, "each call of a step should draw random numbers of its own",
                 f"{len(set(noise))} of {len(noise)} differ, and the state is {generator.state.key}",
                 "Treat the states of generators like other variables.")  # fmt: skip

    def test_control_flow(self, engine: Any) -> None:
        """Branches and loops give what their definitions say."""
        three = engine.asarray(3)
        given = {
            "cond": [ops.cond(engine.asarray(truth), lambda: 1, lambda: 2) for truth in (True, False)],
            "switch": [ops.switch(i, [lambda: 10, lambda: 20, lambda: 30]) for i in (-1, 0, 1, 2, 9)],
            "while_loop": [
                ops.while_loop(lambda i, s: i < three, lambda i, s: (i + 1, s + i), (0, 0), most)
                for most in (None, 2)
            ],
            "fori_loop": ops.fori_loop(2, 5, lambda i, value: value * 10 + i, 0),
            "scan": ops.scan(lambda carry, x: (carry * 10 + x, carry), three, engine.asarray([1, 2])),
        }
        # while: (0 + 1 + 2) after three rounds, 0 + 1 after two. scan: 3, then 31, then 312.
        expected = {
            "cond": [1, 2], "switch": [10, 10, 20, 30, 30], "while_loop": [(3, 3), (2, 1)], "fori_loop": 234,
            "scan": (312, [3, 31]),
        }  # fmt: skip
        for name, result in given.items():
            flat = [np.asarray(engine.to_numpy(x) if engine.is_array(x) else x) for x in tree.flatten(result)]
            numbers = [number for x in flat for number in x.reshape(-1).tolist()]
            if numbers != tree.flatten(expected[name]):
                fail(self.name, f"{name} should give {expected[name]}", f"{numbers}", f"See Backend.{name}.")

    # -- gradients --------------------------------------------------------------------------------------
    def test_gradients(self, engine: Any) -> None:
        """The gradient of a polynomial is right, and None for what it doesn't depend on."""
        if "gradients" not in engine.capabilities:
            pytest.skip("the backend has no gradients")
        x, y, unused = (Variable(np.float32(value)) for value in (3.0, 2.0, 1.0))

        def polynomial() -> Any:
            scalar = ops.add(ops.multiply(ops.power(x, 3), y), ops.stop_gradient(ops.multiply(x, y)))
            return scalar, {"kept": ops.multiply(x, 2.0)}

        (value, kept), (dx, dy, nothing) = engine.value_and_grad(polynomial, [x, y, unused])
        # x**3 * y + x*y = 54 + 6; d/dx = 3 x**2 y = 54; d/dy = x**3 = 27; the stopped part counts for nothing.
        given = [float(engine.to_numpy(each)) for each in (value, dx, dy, kept["kept"])]
        if not np.allclose(given, [60.0, 54.0, 27.0, 6.0]) or nothing is not None:
            fail(
                self.name, "value_and_grad() should return 60, 54, 27, 6 and None", f"{given} and {nothing}",
                "See Backend.value_and_grad and stop_gradient.",
            )  # fmt: skip

    def test_custom_gradients(self, engine: Any) -> None:
        """A custom gradient takes the place of the real one."""
        if "gradients" not in engine.capabilities:
            pytest.skip("the backend has no gradients")
        x = Variable(np.float32(3.0))
        square = engine.custom_gradient(lambda a: (a * a, lambda upstream: upstream * 10.0))
        (value, _), (dx,) = engine.value_and_grad(lambda: (square(x.value) * 2.0, None), [x])
        given = [float(engine.to_numpy(each)) for each in (value, dx)]
        if given != [18.0, 20.0]:
            fail(
                self.name,
                "custom_gradient() should return 18 and 2 * 10",
                f"{given}",
                "See Backend.custom_gradient.",
            )

    # -- evaluation -------------------------------------------------------------------------------------
    def test_shapes_are_inferred(self, engine: Any) -> None:
        """Abstract evaluation knows shapes and dtypes, with sizes that are unknown too."""
        specs = engine.infer_specs(
            lambda x, w: {"y": ops.matmul(x, w), "n": ops.sum(x, axis=1), "i": ops.argmax(x, axis=-1)},
            TensorSpec((None, 4)), TensorSpec((4, 3)),
        )  # fmt: skip
        given = {key: (tuple(spec.shape), spec.dtype) for key, spec in specs.items()}
        expected = {"y": ((None, 3), "float32"), "n": ((None,), "float32"), "i": ((None,), "int32")}
        if given != expected:
            fail(self.name, f"infer_specs() should return {expected}", f"{given}", "See Backend.infer_specs.")

    def test_variables_made_while_inferring_are_real(self, engine: Any) -> None:
        """What is made inside ``infer_specs`` holds values afterwards."""
        made: list[Variable] = []

        def fn(x: Any) -> Any:
            made[:] = [Variable(np.ones(3, "float32"))]
            return ops.multiply(x, made[0])

        engine.infer_specs(fn, TensorSpec((None, 3)))
        if not np.array_equal(made[0].numpy(), np.ones(3)):
            fail(
                self.name,
                "concrete() should return real variables",
                f"{made[0]}",
                "Leave abstract evaluation in concrete().",
            )

    # -- randomness -------------------------------------------------------------------------------------
    @pytest.mark.parametrize("draw", ["random_uniform", "random_normal"])
    @pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
    def test_random_draws(self, engine: Any, draw: str, dtype: str) -> None:
        """Equal keys give equal numbers, other keys others, with the right mean and spread."""
        sample = getattr(engine, draw)
        one, same, other, counted = (
            engine.to_numpy(sample(key, (100, 50), dtype)).astype("float64")
            for key in ((1, 0), (1, 0), (2, 0), (1, 1))
        )
        if not np.array_equal(one, same) or np.array_equal(one, other) or np.array_equal(one, counted):
            fail(
                self.name,
                f"{draw}() should give numbers that depend on the key, and on nothing else",
                "they don't",
                "Seed a generator from both parts of the key at each draw.",
            )
        mean, deviation = (0.5, 12**-0.5) if draw == "random_uniform" else (0.0, 1.0)
        # 5,000 numbers: the mean's own deviation is 0.014 of the spread; 0.1 of it is seven times that.
        if abs(one.mean() - mean) > 0.1 * deviation or abs(one.std() / deviation - 1) > 0.1:
            fail(
                self.name,
                f"{draw}() should give mean {mean} and deviation {deviation:.3f}",
                f"{one.mean():.3f} and {one.std():.3f}",
                "Draw from the distribution that the name says.",
            )
        if draw == "random_uniform" and not (one.min() >= 0 and one.max() < 1):
            fail(
                self.name,
                "random_uniform() should return numbers in [0, 1)",
                f"{one.min()} to {one.max()}",
                "Exclude 1.",
            )

    # -- kernels ----------------------------------------------------------------------------------------
    @pytest.mark.parametrize("operation", CASES, ids=str)
    def test_kernels(self, engine: Any, operation: Case) -> None:
        """Each kernel gives the values, shapes and dtypes of the operation's default body."""
        if operation.name in self.skip_operations:
            pytest.skip(self.skip_operations[operation.name])
        if operation.name not in engine.kernels:
            return  # the default body runs
        with np.errstate(all="ignore"):  # some cases divide by zero on purpose
            given = tree.flatten(operation.run())
        others = {name: kernel for name, kernel in engine.kernels.items() if name != operation.name}
        with replaced(engine, others), np.errstate(all="ignore"):
            expected = tree.flatten(operation.run())
        dtypes = [
            [engine.dtype_name(y) if engine.is_array(y) else type(y) for y in ys] for ys in (given, expected)
        ]
        if dtypes[0] != dtypes[1]:
            fail(
                operation,
                f"the kernel should have the dtypes {dtypes[1]} of the default body",
                f"{dtypes[0]}",
                "Cast.",
            )
        arrays = [[engine.to_numpy(y) if engine.is_array(y) else y for y in ys] for ys in (given, expected)]
        gap = largest_difference(*arrays, tolerance=self.tolerance)
        if gap:
            fail(operation, "the kernel should give the values of the default body", gap,
                 f"Compare kernels[{operation.name!r}] with corne.ops.{operation.name}.body.")  # fmt: skip
