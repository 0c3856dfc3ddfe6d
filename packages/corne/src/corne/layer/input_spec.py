"""What a layer expects of its inputs, checked at every symbolic call and once per eager build."""

from __future__ import annotations

from typing import Any

from corne import tree
from corne.backend import Shape
from corne.errors import ArgumentError, ShapeError


class InputSpec:
    """Rank, dtype and sizes that one input of a layer must have.

    Args:
        dtype: Name of the dtype, or None for any.
        shape: Full shape with None for any size, or None.
        ndim: Exact number of axes, or None.
        max_ndim: Largest number of axes, or None.
        min_ndim: Smallest number of axes, or None.
        axes: Sizes of single axes: ``{-1: 64}``.
        allow_last_axis_squeeze: Accept a missing or additional last axis of size 1.
        name: The key of this input where inputs come as a dict.
        optional: Whether None is accepted.
    """

    def __init__(
        self,
        dtype: str | None = None,
        shape: Shape | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = dtype
        self.shape = None if shape is None else tuple(shape)
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = {int(k): v for k, v in (axes or {}).items()}
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.name = name
        self.optional = optional
        rank = self.ndim if self.ndim is not None else self.max_ndim
        if rank is not None and self.axes and max(self.axes) >= rank:
            raise ArgumentError(
                "InputSpec(axes=…)",
                f"axes below the rank {rank}",
                f"{max(self.axes)}",
                "Correct axes or ndim.",
            )

    def __repr__(self) -> str:
        fields = {k: v for k, v in vars(self).items() if v not in (None, {}, False)}
        return f"InputSpec({', '.join(f'{k}={v!r}' for k, v in fields.items())})"


def check_inputs(input_spec: Any, inputs: Any, where: str) -> None:
    """Raise ShapeError when ``inputs`` (tensors or structures of them) don't fit ``input_spec``."""
    specs = tree.flatten(input_spec)
    if isinstance(inputs, dict) and all(spec.name for spec in specs):
        values = [inputs.get(spec.name) for spec in specs]
    else:
        values = tree.flatten(inputs)
    if len(values) != len(specs):
        raise ShapeError(
            where, f"{len(specs)} inputs", f"{len(values)}", "Pass one tensor per input, in a list or dict."
        )
    for index, (spec, value) in enumerate(zip(specs, values, strict=True)):
        if spec is None or (value is None and spec.optional):
            continue
        what = f"input {spec.name!r}" if spec.name else ("the input" if len(specs) == 1 else f"input {index}")
        _check_one(spec, value, where, what)


def _check_one(spec: InputSpec, value: Any, where: str, what: str) -> None:
    if not hasattr(value, "shape"):
        raise ShapeError(where, f"{what} to be an array", repr(value), "Pass an array or a symbolic tensor.")
    shape = tuple(value.shape)
    rank, given = len(shape), f"shape {shape}"

    if spec.ndim is not None and not spec.allow_last_axis_squeeze and rank != spec.ndim:
        raise ShapeError(where, f"{what} to have {spec.ndim} axes", given, _rank_hint(rank, spec.ndim))
    if spec.max_ndim is not None and rank > spec.max_ndim:
        raise ShapeError(
            where, f"{what} to have at most {spec.max_ndim} axes", given, _rank_hint(rank, spec.max_ndim)
        )
    if spec.min_ndim is not None and rank < spec.min_ndim:
        raise ShapeError(
            where, f"{what} to have at least {spec.min_ndim} axes", given, _rank_hint(rank, spec.min_ndim)
        )
    for axis, size in spec.axes.items():
        if size is not None and shape[axis] not in (size, None):
            raise ShapeError(
                where,
                f"axis {axis} of {what} to have size {size}",
                given,
                "The layer was built for that size; give it inputs of the same one, or build a new layer.",
            )
    if spec.shape is not None:
        wanted = spec.shape
        if spec.allow_last_axis_squeeze and rank != len(wanted):
            if shape and shape[-1] == 1 and rank == len(wanted) + 1:
                shape = shape[:-1]
            elif wanted and wanted[-1] == 1 and rank + 1 == len(wanted):
                wanted = wanted[:-1]
        fits = len(shape) == len(wanted) and all(
            w is None or s is None or s == w for s, w in zip(shape, wanted, strict=True)
        )
        if not fits:
            raise ShapeError(
                where, f"{what} to have shape {wanted}", given, "None stands for any size; reshape the data."
            )


def _rank_hint(rank: int, wanted: int) -> str:
    if rank > wanted:
        return "Add Flatten() or Reshape() before it, or drop an axis of the data."
    return "Add an axis to the data (x[..., None] adds a last one) or Reshape() before the layer."
