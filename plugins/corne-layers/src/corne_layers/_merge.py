"""What the layers share that make one array of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from corne import dtypes, ops
from corne.backend import Array, Shape
from corne.errors import ShapeError
from corne.layer import Layer
from corne.symbolic import SymbolicTensor

from corne_layers._specs import spec_like

Masks = Sequence[Array | None]


class Merge(Layer):
    """Base of the layers that combine a list of arrays element by element.

    Arrays of lower rank get axes of size 1 after the batch's, sizes 1 are repeated to fit. A subclass
    writes ``merge``.

    Args:
        **kwargs: As for every :class:`~corne.Layer`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def merge(self, inputs: list[Array], masks: Masks) -> Array:
        """Combine arrays of equal rank; ``masks`` has None for inputs without a mask."""
        raise NotImplementedError

    def build(self, input_shape: Sequence[Shape]) -> None:
        """Check that the shapes can be combined."""
        self.compute_output_shape(input_shape)

    def call(self, inputs: Sequence[Array], mask: Masks | None = None) -> Array:
        """Combine the inputs."""
        self._check_list([tuple(x.shape) for x in inputs] if isinstance(inputs, (list, tuple)) else inputs)
        rank = max(len(x.shape) for x in inputs)
        masks = [None] * len(inputs) if mask is None else list(mask)
        return self.merge([_with_rank(x, rank) for x in inputs], masks)

    def _check_list(self, shapes: Any, least: int = 1) -> None:
        if not isinstance(shapes, (list, tuple)) or not all(isinstance(s, (list, tuple)) for s in shapes):
            raise ShapeError(
                self.name,
                "a list of arrays",
                "a single one",
                f"Call it as layer([a, b]), not {self.name}(a).",
            )
        if len(shapes) < least:
            raise ShapeError(
                self.name, f"at least {least} inputs", f"{len(shapes)}", "Pass more arrays in the list."
            )

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the shape that the inputs' shapes broadcast to."""
        self._check_list(input_shape)
        batches = {shape[0] for shape in input_shape if shape} - {None}
        if len(batches) > 1:
            raise ShapeError(
                self.name, "inputs with the same batch size", f"shapes {_show(input_shape)}",
                "Axis 0 is the batch; it is not repeated.",
            )  # fmt: skip
        sizes: list[int | None] = []
        for axis in range(-max(len(shape) - 1 for shape in input_shape), 0):
            here = {shape[axis] for shape in input_shape if len(shape) - 1 >= -axis}
            known = here - {None, 1}
            if len(known) > 1:
                raise ShapeError(
                    self.name, "inputs whose sizes are equal or 1", f"shapes {_show(input_shape)}",
                    f"They differ along axis {axis}. Use Concatenate() to put them side by side?",
                )  # fmt: skip
            sizes.append(known.pop() if known else (None if None in here else 1))
        return (batches.pop() if batches else None, *sizes)

    def compute_output_spec(self, inputs: Sequence[SymbolicTensor], mask: Any = None) -> SymbolicTensor:
        """Return the combined shape and the dtype that the inputs' dtypes promote to."""
        self._check_list([x.shape for x in inputs] if isinstance(inputs, (list, tuple)) else inputs)
        shape = self.compute_output_shape([x.shape for x in inputs])
        return spec_like(self, shape, dtypes.result_type(*(x.dtype for x in inputs)))

    def compute_mask(self, inputs: Sequence[Array], previous_mask: Any = None) -> Array | None:
        """Return where any input is real; None if one of them has no mask."""
        if previous_mask is None or any(mask is None for mask in previous_mask):
            return None
        result = previous_mask[0]
        for mask in previous_mask[1:]:
            result = ops.logical_or(result, mask)
        return result


def merge_real(function: Callable[[Array, Array], Array], inputs: Sequence[Array], masks: Masks) -> Array:
    """Combine with ``function`` where both sides are real, and take the real one where only one is."""
    output, output_mask = inputs[0], _full(masks[0], inputs[0])
    for x, own in zip(inputs[1:], masks[1:], strict=True):
        mask = _full(own, x)
        if mask is not None:
            x = ops.where(mask, x, output)
        if output_mask is not None:
            output = ops.where(output_mask, output, x)
        both = mask is not None and output_mask is not None
        output_mask = ops.logical_or(output_mask, mask) if both else None
        output = function(output, x)
    return output


def full_masks(inputs: Sequence[Array], masks: Masks) -> list[Array | None]:
    """Return the masks in the shapes of their inputs."""
    return [_full(mask, x) for mask, x in zip(masks, inputs, strict=True)]


def _full(mask: Array | None, x: Array) -> Array | None:
    return None if mask is None else ops.broadcast_to(ops.expand_dims(mask, -1), tuple(x.shape))


def _with_rank(x: Array, rank: int) -> Array:
    shape = tuple(x.shape)
    if len(shape) == rank:
        return x
    return ops.reshape(x, (*shape[:1], *(1,) * (rank - len(shape)), *shape[1:]))


def _show(shapes: Sequence[Shape]) -> str:
    return " and ".join(str(tuple(shape)) for shape in shapes)
