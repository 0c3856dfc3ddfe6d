"""Images seen from elsewhere."""

from __future__ import annotations

from corne.backend import Array
from corne.checks import one_of
from corne.errors import ShapeError
from corne.operation import op, xp

from corne_numerics._solving import regular, solved
from corne_numerics.image._batch import check_images, from_batch, to_batch, wide
from corne_numerics.image._grid import projected
from corne_numerics.image._sampling import ORDERS, sample


@op(3)
def perspective_transform(
    images: Array,
    start_points: Array,
    end_points: Array,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Array:
    """Move four points of an image to four others, straight lines staying straight.

    Args:
        images: One image or a batch.
        start_points: Four corners ``(x, y)`` in the image.
        end_points: Where they lie in the result.
        interpolation: "nearest" or "bilinear". Default "bilinear".
        fill_value: Value beyond the border. Default 0.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, channels)`` or without the batch axis; points ``(4, 2)`` for all images
        or ``(batch, 4, 2)``; result as images.

    Raises:
        ArgumentError: An unknown interpolation.
        ShapeError: Axes or sizes that don't fit.

    Source: Fundamentals of Texture Mapping and Image Warping, Heckbert 1989, section 2.2.3,
    https://www2.eecs.berkeley.edu/Pubs/TechRpts/1989/CSD-89-516.pdf

    >>> image = [[[1.0], [2.0]], [[3.0], [4.0]]]
    >>> square = [[0, 0], [1, 0], [0, 1], [1, 1]]
    >>> mirrored = [[1, 0], [0, 0], [1, 1], [0, 1]]
    >>> turned = perspective_transform(image, square, mirrored, "nearest", data_format="channels_last")
    >>> turned[..., 0].tolist()
    [[2.0, 1.0], [4.0, 3.0]]
    """
    one_of("ops.image.perspective_transform(interpolation=…)", interpolation, tuple(ORDERS))
    form = check_images("ops.image.perspective_transform", images, data_format)
    for name, points in (("start_points", start_points), ("end_points", end_points)):
        if len(points.shape) not in (2, 3) or tuple(points.shape[-2:]) != (4, 2):
            raise ShapeError(
                f"ops.image.perspective_transform({name})",
                "(4, 2) or (batch, 4, 2)",
                f"shape {tuple(points.shape)}",
            )
    if start_points.shape != end_points.shape:
        raise ShapeError(
            "ops.image.perspective_transform(end_points)", f"the shape of start_points, {tuple(start_points.shape)}",
            f"shape {tuple(end_points.shape)}",
        )  # fmt: skip
    batch = to_batch(images, form)
    start, end = (xp().reshape(wide(points), (-1, 4, 2)) for points in (start_points, end_points))
    coordinates = projected("ops.image.perspective_transform(start_points)", _homography(start, end), batch)
    moved = sample(batch, coordinates, ORDERS[interpolation], "constant", fill_value, batched=True)
    return from_batch(moved, len(images.shape), form)


def _homography(start: Array, end: Array) -> Array:
    """Return the 8 numbers of the projective maps that take end points back to start points."""
    space = xp()
    (u, v), (x, y) = ((points[..., 0], points[..., 1]) for points in (start, end))
    one, zero = space.ones_like(x), space.zeros_like(x)
    first = space.stack([x, y, one, zero, zero, zero, -u * x, -u * y], axis=-1)
    second = space.stack([zero, zero, zero, x, y, one, -v * x, -v * y], axis=-1)
    matrix = space.concat([first, second], axis=1)  # (batch, 8, 8)
    target = space.expand_dims(space.concat([u, v], axis=1), axis=-1)
    found = solved(
        "ops.image.perspective_transform(end_points)", "four points of which no three lie on a line",
        lambda: space.linalg.solve(regular(matrix), target),
    )  # fmt: skip
    return found[..., 0]
