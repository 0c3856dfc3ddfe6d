"""RandomElasticTransform: images bent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import checks, ops
from corne.backend import Array

from corne_images.arguments import as_value_range, span
from corne_images.blur import blur
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image
from corne_images.sampling import INTERPOLATIONS, grid, sample


class RandomElasticTransform(RandomImageLayer):
    """Bend some images by smooth random distances, in training.

    The distances are normal numbers, smoothed by a Gauss curve. With the drawn strength ``s`` the curve has a
    standard deviation of ``0.05 s`` of the smaller side, and distances are multiplied by it and by ``0.1 s`` of
    the larger side.

    Args:
        factor: Range from which each image's probability is drawn; one number ``f`` means from 0 to ``f``.
            Default 1.
        scale: Range of the strength, drawn once for a batch; one number ``s`` means from 0 to ``s``. From 0 to
            1. Default 1.
        interpolation: "bilinear" or "nearest". Default "bilinear".
        fill_mode: What lies outside: "reflect", "wrap", "constant", "nearest" or "mirror" (as "reflect", with
            the border once). Default "reflect".
        fill_value: Value outside with "constant". Default 0.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        seed: Start of the random numbers. Default None: drawn.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A factor or scale out of range, an unknown fill mode or interpolation.

    Source: Simard et al. 2003, section 2, https://doi.org/10.1109/ICDAR.2003.1227801

    >>> RandomElasticTransform(scale=0.0)([[[1.0], [3.0]]]).tolist()
    [[[1.0], [3.0]]]
    """

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        scale: float | Sequence[float] = 1.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = span("RandomElasticTransform(factor=…)", factor, 0, 1, symmetric=False)
        self.scale = span("RandomElasticTransform(scale=…)", scale, 0, 1, symmetric=False)
        self.interpolation = checks.one_of(
            "RandomElasticTransform(interpolation=…)", interpolation, INTERPOLATIONS
        )
        self.fill_mode = checks.one_of(
            "RandomElasticTransform(fill_mode=…)",
            fill_mode,
            ("reflect", "wrap", "constant", "nearest", "mirror"),
        )
        self.fill_value = fill_value
        self.value_range = as_value_range("RandomElasticTransform(value_range=…)", value_range)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Choose for each image; draw a strength and a distance for each pixel."""
        n, height, width = shape[0], shape[self.height_axis], shape[self.width_axis]
        probability = random.uniform((n,), *self.factor)
        apply = random.uniform((n,)) < probability
        strength = random.uniform((), *self.scale, self.compute_dtype)
        size = (n, height, width)
        return {
            "apply": apply,
            "strength": ops.cast(strength, "float32"),
            "across": random.normal(size, "float32"),
            "down": random.normal(size, "float32"),
        }

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Bend."""
        return ops.clip(self._bent(x, drawn, self.interpolation), *self.value_range)

    def masks(self, x: Array, drawn: Drawn) -> Array:
        """Bend; no new values arise."""
        return self._bent(x, drawn, "nearest")

    def _bent(self, x: Array, drawn: Drawn, interpolation: str) -> Array:
        if self.scale[1] == 0 or self.factor[1] == 0:
            return x
        height, width = x.shape[self.height_axis], x.shape[self.width_axis]
        sigma = drawn["strength"] * (0.05 * min(height, width))
        reach = drawn["strength"] * (0.1 * max(height, width)) * sigma
        window = int(6 * 0.05 * min(height, width) * self.scale[1]) | 1

        def smooth(noise: Array) -> Array:
            planes = noise[..., None]
            for axis in (0, 1):
                planes = blur(planes, window, ops.maximum(sigma, 1e-6), axis, "channels_last")
            return planes[..., 0]

        across, down = grid(height, width, "float32")
        bent = sample(
            x,
            across + reach * smooth(drawn["across"]),
            down + reach * smooth(drawn["down"]),
            interpolation,
            self.fill_mode,
            self.fill_value,
            self.data_format,
        )
        return ops.where(per_image(drawn["apply"]), bent, x)
