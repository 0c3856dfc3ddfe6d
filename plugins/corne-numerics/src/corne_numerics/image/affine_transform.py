"""Images moved, turned, scaled and sheared."""

from __future__ import annotations

from corne.backend import Array
from corne.checks import one_of
from corne.errors import ShapeError
from corne.operation import op, xp

from corne_numerics.image._batch import check_images, from_batch, to_batch, wide
from corne_numerics.image._grid import projected
from corne_numerics.image._sampling import FILL_MODES, ORDERS, sample


@op(2)
def affine_transform(
    images: Array,
    transform: Array,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Array:
    """Move, turn, scale and shear images.

    The pixel at ``(x, y)`` of the result is taken from ``((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k)`` of
    the image, where ``k = c0 x + c1 y + 1``.

    Args:
        images: One image or a batch.
        transform: ``[a0, a1, a2, b0, b1, b2, c0, c1]``, one for all images or one for each. An affine map has
            ``c0 = c1 = 0``.
        interpolation: "nearest" or "bilinear". Default "bilinear".
        fill_mode: What stands beyond the border: "constant", "nearest", "wrap", "mirror" or "reflect", as in
            :func:`map_coordinates`. Default "constant".
        fill_value: Value there in mode "constant". Default 0.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, channels)`` or without the batch axis; transform ``(8,)`` or
        ``(batch, 8)``; result as images.

    Raises:
        ArgumentError: An unknown interpolation or fill mode.
        ShapeError: Axes or sizes that don't fit.

    >>> image = [[[1.0], [2.0], [3.0]]]
    >>> affine_transform(image, [1, 0, 1, 0, 1, 0, 0, 0], data_format="channels_last")[0, :, 0].tolist()
    [2.0, 3.0, 0.0]
    """
    one_of("ops.image.affine_transform(interpolation=…)", interpolation, tuple(ORDERS))
    one_of("ops.image.affine_transform(fill_mode=…)", fill_mode, FILL_MODES)
    form = check_images("ops.image.affine_transform", images, data_format)
    batch = to_batch(images, form)
    if len(transform.shape) not in (1, 2) or transform.shape[-1] != 8:
        raise ShapeError(
            "ops.image.affine_transform(transform)", "(8,) or (batch, 8)", f"shape {tuple(transform.shape)}"
        )
    if len(transform.shape) == 1:
        transform = xp().expand_dims(transform, axis=0)
    coordinates = projected("ops.image.affine_transform(transform)", wide(transform), batch)
    moved = sample(batch, coordinates, ORDERS[interpolation], fill_mode, fill_value, batched=True)
    return from_batch(moved, len(images.shape), form)
