"""Files of subclassed models, to Keras and back: weights, build configuration and the optimizer's state."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import corne
import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
pytest.importorskip("torch")
pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

RNG = np.random.default_rng(0)
A = RNG.normal(size=(8, 6)).astype("float32")
B = RNG.normal(size=(8, 5)).astype("float32")
Y = RNG.normal(size=(8, 2)).astype("float32")


def _classes(k: Any) -> dict[str, Any]:
    """Return the same classes, written for a framework as a user writes them."""
    dense, register = k.layers.Dense, k.saving.register_keras_serializable("interchange")

    @register
    class Block(k.layers.Layer):  # type: ignore[misc, name-defined]
        """Layers in a list and in a dict."""

        def __init__(self, units: int = 3, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units
            self.steps, self.named = [dense(units), dense(units)], {"last": dense(units)}

        def call(self, x: Any) -> Any:
            return self.named["last"](self.steps[1](self.steps[0](x)))

        def get_config(self) -> Any:
            return {**super().get_config(), "units": self.units}

    @register
    class Plain(k.Model):  # type: ignore[misc, name-defined]
        def __init__(self, units: int = 3, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units
            self.hidden, self.out = dense(units, name="hidden"), dense(2, name="out")

        def call(self, x: Any) -> Any:
            return self.out(self.hidden(x))

        def get_config(self) -> Any:
            return {**super().get_config(), "units": self.units}

    @register
    class Nested(k.Model):  # type: ignore[misc, name-defined]
        """Own layers, Sequential and functional models, lists in lists; names before and after "layers"."""

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.block = Block()
            self.sequence = k.Sequential([dense(4), k.layers.BatchNormalization()])
            inputs = k.layers.Input((4,))
            self.functional = k.Model(inputs, dense(3)(inputs))
            self.stages = [[dense(3), dense(2)], Block(2)]
            self._head = dense(2)

        # Keras trains what is inside only if call() says that there is a difference.
        def call(self, x: Any, training: Any = None) -> Any:
            x = self.functional(self.sequence(self.block(x)))
            return self._head(self.stages[1](self.stages[0][1](self.stages[0][0](x))))

    @register
    class Built(k.Model):  # type: ignore[misc, name-defined]
        """With a ``build`` of its own."""

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.out = dense(2)

        def build(self, input_shape: Any) -> None:
            self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="scale")
            self.out.build(input_shape)

        def call(self, x: Any) -> Any:
            return self.out(x * self.scale)

    class Pair(k.Model):  # type: ignore[misc, name-defined]
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.a, self.b = dense(2), dense(2)

    @register
    class Several(Pair):
        def call(self, x: Any, y: Any) -> Any:
            return self.a(x) + self.b(y)

    @register
    class Dict(Pair):
        def call(self, x: Any) -> Any:
            return self.a(x["p"]) + self.b(x["q"])

    @register
    class List(Pair):
        def call(self, x: Any) -> Any:
            return self.a(x[0]) + self.b(x[1])

    found = (Plain, Nested, Built, Several, Dict, List)
    return {item.__name__: item for item in found}


OURS, THEIRS = _classes(corne), _classes(keras)
ARGUMENTS: dict[str, Any] = {
    "Plain": (A,), "Nested": (A,), "Built": (A,), "Several": (A, B), "Dict": ({"p": A, "q": B},), "List": ([A, B],),
}  # fmt: skip


def _call(model: Any, name: str) -> Any:
    return model(*ARGUMENTS[name]).detach().numpy()


def _load(k: Any) -> Any:
    return keras.saving.load_model if k is keras else corne.models.load_model


def _both(first: str) -> tuple[Any, Any, dict[str, Any]]:
    return (corne, keras, OURS) if first == "ours" else (keras, corne, THEIRS)


@pytest.mark.parametrize("first", ["ours", "theirs"])
@pytest.mark.parametrize("name", ARGUMENTS)
def test_there_and_back(name: str, first: str, tmp_path: Path) -> None:
    here, there, classes = _both(first)
    model = classes[name]()
    expected = _call(model, name)
    model.save(tmp_path / "one.keras")
    if (name, first) == ("Several", "theirs"):  # Keras writes the first argument's shape, and can't load it
        with pytest.raises(corne.errors.StateError, match=r"\['y'\] too.*load_weights"):
            corne.models.load_model(tmp_path / "one.keras")
        other = OURS[name]()
        _call(other, name)
        other.load_weights(tmp_path / "one.keras")
    else:
        other = _load(there)(tmp_path / "one.keras")
    np.testing.assert_allclose(_call(other, name), expected, rtol=1e-6, atol=1e-6)
    other.save(tmp_path / "two.keras")
    np.testing.assert_allclose(
        _call(_load(here)(tmp_path / "two.keras"), name), expected, rtol=1e-6, atol=1e-6
    )


@pytest.mark.parametrize("first", ["ours", "theirs"])
@pytest.mark.parametrize("name", ["Plain", "Nested", "Built", "Dict", "List"])
def test_training_goes_on_in_the_other(name: str, first: str, tmp_path: Path) -> None:
    k, there, classes = _both(first)
    model, (x,) = classes[name](), ARGUMENTS[name]
    # Of a bias before BatchNormalization the gradient is rounding noise alone, which Adam would scale up.
    optimizer = k.optimizers.Adam(0.01) if name != "Nested" else k.optimizers.SGD(0.01, momentum=0.9)
    model.compile(optimizer=optimizer, loss="mse", metrics=["mae"])
    model.fit(x, Y, epochs=3, verbose=0, shuffle=False)
    model.save(tmp_path / "model.keras")
    other = _load(there)(tmp_path / "model.keras")
    for trained in (model, other):
        trained.train_on_batch(x, Y)
    np.testing.assert_allclose(_call(other, name), _call(model, name), rtol=1e-5, atol=1e-6)


def test_files_with_the_earlier_names_open(tmp_path: Path) -> None:
    """Before, what a subclassed model holds stood under its attributes' names alone."""
    import h5py

    model = OURS["Plain"]()
    expected = _call(model, "Plain")
    model.save_weights(tmp_path / "now.weights.h5")
    with (
        h5py.File(tmp_path / "now.weights.h5", "r") as now,
        h5py.File(tmp_path / "old.weights.h5", "w") as old,
    ):
        for new_name, old_name in {"hidden": "hidden", "layers/dense_1": "out"}.items():
            for key in ("0", "1"):
                old[f"{old_name}/vars/{key}"] = now[f"{new_name}/vars/{key}"][()]
    other = OURS["Plain"]()
    _call(other, "Plain")
    other.load_weights(tmp_path / "old.weights.h5")
    np.testing.assert_array_equal(_call(other, "Plain"), expected)
