"""Patches of images and volumes, each as the channels of one place."""

from __future__ import annotations

from collections.abc import Sequence

from corne.backend import Array
from corne.checks import data_format as as_data_format
from corne.errors import ShapeError
from corne.kernels.windows import as_padding, as_sizes, same_padding
from corne.operation import op, xp


@op()
def extract_patches(
    images: Array,
    size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    dilation_rate: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Array:
    """Return the patches of images, the pixels of each as channels.

    Args:
        images: One image or a batch; volumes where ``size`` has three numbers.
        size: Height and width of a patch; depth, height and width for volumes.
        strides: Distance between patches. Default None: ``size``.
        dilation_rate: Distance between neighbouring pixels of a patch. Default 1.
        padding: "valid", or "same" to add zeros at the border. Default "valid".
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, channels)`` or without the batch axis; result ``(batch, rows, columns,
        patch height * patch width * channels)``, channels running fastest.

    Raises:
        ArgumentError: Numbers below 1, or another padding.
        ShapeError: Another number of axes.

    >>> import numpy as np
    >>> patches = extract_patches(np.arange(4.0).reshape(2, 2, 1), 2, data_format="channels_last")
    >>> patches.tolist()
    [[[0.0, 1.0, 2.0, 3.0]]]
    """
    rank = 3 if isinstance(size, (tuple, list)) and len(size) == 3 else 2
    return _patches("extract_patches", images, rank, size, strides, dilation_rate, padding, data_format)


@op()
def extract_patches_3d(
    volumes: Array,
    size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    dilation_rate: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Array:
    """Return the patches of volumes, the voxels of each as channels.

    Args:
        volumes: One volume or a batch.
        size: Depth, height and width of a patch, or one number for all.
        strides: Distance between patches. Default None: ``size``.
        dilation_rate: Distance between neighbouring voxels of a patch. Default 1.
        padding: "valid", or "same" to add zeros at the border. Default "valid".
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        volumes ``(batch, depth, height, width, channels)`` or without the batch axis; result ``(batch, layers,
        rows, columns, patch depth * patch height * patch width * channels)``, channels running fastest.

    Raises:
        ArgumentError: Numbers below 1, or another padding.
        ShapeError: Another number of axes.

    >>> import numpy as np
    >>> volumes = np.zeros((1, 4, 4, 4, 2))
    >>> tuple(extract_patches_3d(volumes, 2, data_format="channels_last").shape)
    (1, 2, 2, 2, 16)
    """
    return _patches("extract_patches_3d", volumes, 3, size, strides, dilation_rate, padding, data_format)


def _patches(
    name: str,
    images: Array,
    rank: int,
    size: int | Sequence[int],
    strides: int | Sequence[int] | None,
    dilation_rate: int | Sequence[int],
    padding: str,
    data_format: str | None,
) -> Array:
    where = f"ops.image.{name}"
    space = xp()
    form = as_data_format(f"{where}(data_format=…)", data_format)
    windows = as_sizes(f"{where}(size=…)", size, rank)
    steps = windows if strides is None else as_sizes(f"{where}(strides=…)", strides, rank)
    dilations = as_sizes(f"{where}(dilation_rate=…)", dilation_rate, rank)
    padding = as_padding(f"{where}(padding=…)", padding)
    given = len(images.shape)
    if given not in (rank + 1, rank + 2):
        raise ShapeError(f"{where}(images)", f"{rank + 1} or {rank + 2} axes", f"shape {tuple(images.shape)}")
    x = images if given == rank + 2 else space.expand_dims(images, axis=0)
    if form == "channels_first":
        x = space.permute_dims(x, (0, *range(2, rank + 2), 1))
    for axis, (window, step, dilation) in enumerate(zip(windows, steps, dilations, strict=True), start=1):
        if padding == "same":
            margins = same_padding(x.shape[axis], window, step, dilation)
            blocks = [space.zeros((*x.shape[:axis], n, *x.shape[axis + 1 :]), dtype=x.dtype) for n in margins]
            x = space.concat([blocks[0], x, blocks[1]], axis=axis)
        count = (x.shape[axis] - (window - 1) * dilation - 1) // step + 1
        if count < 1:
            raise ShapeError(
                f"{where}(size=…)", f"a patch of at most {x.shape[axis]} places on spatial axis {axis - 1}",
                f"{(window - 1) * dilation + 1}", "Pass padding='same' or smaller patches.",
            )  # fmt: skip
        before = (slice(None),) * axis
        last = (count - 1) * step + 1
        starts = [(*before, slice(i * dilation, i * dilation + last, step), ...) for i in range(window)]
        # The places of a patch stand behind the spatial axes, in their order, before the channels.
        x = space.stack([x[start] for start in starts], axis=-2)
    x = space.reshape(x, (*x.shape[: rank + 1], -1))
    if form == "channels_first":
        x = space.permute_dims(x, (0, rank + 1, *range(1, rank + 1)))
    return x if given == rank + 2 else x[0, ...]
