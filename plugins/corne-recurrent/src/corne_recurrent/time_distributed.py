"""TimeDistributed: one layer, applied to every time step."""

from __future__ import annotations

from typing import Any

from corne import ops, tree
from corne.backend import Array
from corne.errors import ShapeError
from corne.layer import Layer
from corne.layer.shapes import map_shapes
from corne.layer.signature import signature_of
from corne.plugins import registry

from corne_recurrent.wrapper import Wrapper


class TimeDistributed(Wrapper):
    """Apply a layer to every step of sequences, with one set of weights.

    Args:
        layer: The layer.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        inputs ``(batch, steps, ...)``, at least one axis more, or a structure of such; mask ``(batch, steps,
        ...)``, of which the layer gets each step's part if it takes a mask; output ``(batch, steps, ...)``.

    Raises:
        ArgumentError: ``layer`` is no layer.
        ShapeError: The input has fewer than three axes, or the mask doesn't fit it.

    >>> import numpy as np
    >>> from corne.layers import Dense
    >>> tuple(TimeDistributed(Dense(3))(np.ones((2, 5, 4))).shape)
    (2, 5, 3)
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def _step_shape(self, input_shape: Any) -> Any:
        def one(shape: Any) -> Any:
            if len(shape) < 3:
                raise ShapeError(
                    self.name, "an input of at least 3 axes, (batch, steps, ...)", f"shape {tuple(shape)}",
                    "Use the layer itself on inputs without time steps.",
                )  # fmt: skip
            return (shape[0], *shape[2:])

        return map_shapes(one, input_shape)

    def build(self, input_shape: Any) -> None:
        """Build the layer for one step."""
        super().build(self._step_shape(input_shape))
        self._at_once = _per_sample(self.layer, training=False)
        self._at_once_in_training = _per_sample(self.layer, training=True)

    def call(self, inputs: Any, training: bool | None = None, mask: Array | None = None) -> Any:
        """Apply the layer, to all steps at once where that is the same as to one after the other."""
        first = tree.flatten(inputs)[0]
        batch, steps = first.shape[:2]
        mask = None if mask is None else tree.flatten(mask)[0]
        if mask is not None and tuple(mask.shape[:2]) != tuple(first.shape[:2]):
            raise ShapeError(
                f"{self.name}: mask", f"a shape that begins with {tuple(first.shape[:2])}, as the input's",
                f"{tuple(mask.shape)}", "Pass one truth value for each step of each sample.",
            )  # fmt: skip
        signature = signature_of(type(self.layer).call)
        extra: dict[str, Any] = {"training": training} if signature.has_training else {}
        step_masks = mask if signature.has_mask else None
        if step_masks is None and (self._at_once_in_training if training else self._at_once):
            flat = tree.map_structure(lambda x: ops.reshape(x, (batch * steps, *x.shape[2:])), inputs)
            return tree.map_structure(
                lambda y: ops.reshape(y, (batch, steps, *y.shape[1:])), self.layer(flat, **extra)
            )
        outputs = []
        for step in range(steps):
            if step_masks is not None:
                extra["mask"] = step_masks[:, step]
            outputs.append(self.layer(tree.map_structure(lambda x, i=step: x[:, i], inputs), **extra))
        return tree.map_structure(lambda *parts: ops.stack(parts, axis=1), *outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the layer's output shape with the axis of steps."""
        found: list[Any] = []
        map_shapes(found.append, input_shape)
        steps = found[0][1]
        inner = self.layer.compute_output_shape(self._step_shape(input_shape))
        return map_shapes(lambda shape: (shape[0], steps, *shape[1:]), inner)


def _per_sample(layer: Layer, training: bool) -> bool:
    """Return whether a layer and those inside it treat each sample by itself, as their classes declare."""

    def one(inner: Layer) -> bool:
        activation = getattr(inner, "activation", None)
        if inner.activity_regularizer is not None or not (
            activation is None or registry.entry_of(activation)
        ):
            return False
        fixed = [
            tensor for tensor in tree.flatten(getattr(inner, "inputs", [])) if tensor.shape[0] is not None
        ]
        return inner.treats_samples_alone(training) and not fixed

    return all(one(inner) for inner in layer._flatten_layers())
