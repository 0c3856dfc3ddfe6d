"""RandomGaussianBlur: some images blurred."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError
from corne.kernels.windows import as_sizes

from corne_images.arguments import as_value_range, span
from corne_images.blur import blur
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image


class RandomGaussianBlur(RandomImageLayer):
    """Blur some images with a Gauss curve, in training.

    Args:
        factor: Range from which each image's probability is drawn; one number ``f`` means from 0 to ``f``.
            Default 1.
        kernel_size: Width and height of the window in pixels, odd; or one number for both. Default 3.
        sigma: Range of the curve's standard deviation, from 0 to 1 pixel; one number ``s`` means from 0 to
            ``s``. One for each direction is drawn for the batch. Default 1.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A factor or sigma out of range, or an even kernel size.

    >>> RandomGaussianBlur(0.0)([[[1.0], [3.0]]]).tolist()
    [[[1.0], [3.0]]]
    """

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        kernel_size: int | Sequence[int] = 3,
        sigma: float | Sequence[float] = 1.0,
        value_range: Sequence[float] = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = span("RandomGaussianBlur(factor=…)", factor, 0, 1, symmetric=False)
        self.kernel_size = as_sizes("RandomGaussianBlur(kernel_size=…)", kernel_size, 2)
        if not all(size % 2 for size in self.kernel_size):
            raise ArgumentError("RandomGaussianBlur(kernel_size=…)", "odd numbers", repr(kernel_size))
        self.sigma = span("RandomGaussianBlur(sigma=…)", sigma, 0, 1, symmetric=False)
        self.value_range = as_value_range("RandomGaussianBlur(value_range=…)", value_range)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Choose for each image; draw two widths."""
        probability = random.uniform((shape[0],), *self.factor)
        apply = random.uniform((shape[0],)) < probability
        return {"apply": apply, "sigma": random.uniform((2,), *self.sigma, self.compute_dtype) + 1e-6}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Blur."""
        across, down = (ops.cast(drawn["sigma"][i], "float32") for i in (0, 1))
        blurred = blur(x, self.kernel_size[1], down, 0, self.data_format)
        blurred = blur(blurred, self.kernel_size[0], across, 1, self.data_format)
        return ops.clip(ops.where(per_image(drawn["apply"]), blurred, x), *self.value_range)
