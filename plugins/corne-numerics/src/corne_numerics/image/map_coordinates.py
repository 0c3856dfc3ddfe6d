"""Values between the grid points of an array."""

from __future__ import annotations

from corne.backend import Array
from corne.checks import one_of
from corne.errors import ShapeError
from corne.operation import op

from corne_numerics.image._sampling import FILL_MODES, sample


@op(2)
def map_coordinates(
    inputs: Array,
    coordinates: Array,
    order: int,
    fill_mode: str = "constant",
    fill_value: float = 0,
) -> Array:
    """Return the values of an array at coordinates between its grid points.

    Args:
        inputs: The array, of any number of axes.
        coordinates: For each axis the coordinates along it; grid points lie at 0, 1, 2, ...
        order: 0 takes the nearest grid point (of two equally near the even one), 1 interpolates linearly.
        fill_mode: What stands beyond the border: "constant" (``fill_value``), "nearest" (the border's values),
            "wrap" (the array again), "mirror" (its mirror image about the border's points) or "reflect" (about
            their outer edge). Default "constant".
        fill_value: Default 0.

    Shapes:
        inputs ``(size_1, ..., size_n)``; coordinates ``(n, *shape)``; result ``shape``.

    Raises:
        ArgumentError: An unknown order or fill mode.
        ShapeError: ``coordinates`` has not one entry for each axis.

    >>> map_coordinates([0.0, 10.0, 20.0], [[0.5, 1.25]], order=1).tolist()
    [5.0, 12.5]
    """
    one_of("ops.image.map_coordinates(order=…)", order, (0, 1))
    one_of("ops.image.map_coordinates(fill_mode=…)", fill_mode, FILL_MODES)
    each = list(coordinates) if isinstance(coordinates, (list, tuple)) else None
    if each is None:
        if len(coordinates.shape) < 2:
            raise ShapeError(
                "ops.image.map_coordinates(coordinates)", "(axes, ...), at least two axes",
                f"shape {tuple(coordinates.shape)}",
            )  # fmt: skip
        each = [coordinates[i, ...] for i in range(coordinates.shape[0])]
    if len(each) != len(inputs.shape):
        raise ShapeError(
            "ops.image.map_coordinates(coordinates)", f"{len(inputs.shape)} entries, one for each axis of inputs",
            f"{len(each)}",
        )  # fmt: skip
    return sample(inputs, each, order, fill_mode, fill_value)
