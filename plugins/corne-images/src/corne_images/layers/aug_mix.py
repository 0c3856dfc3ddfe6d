"""AugMix: mixtures of an image and its changed versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import checks, ops
from corne.backend import Array
from corne.errors import ArgumentError

from corne_images.arguments import as_value_range, is_number, span
from corne_images.draws import Draws
from corne_images.layers._choice import COLORS, chosen_images, make_steps
from corne_images.layers.image_layer import Drawn, RandomImageLayer
from corne_images.sampling import INTERPOLATIONS

_NAMES = (
    "random_shear", "random_translation", "random_rotation", "random_posterization", "solarization",
    "auto_contrast", "equalization",
)  # fmt: skip


class AugMix(RandomImageLayer):
    """Mix images with versions that chains of layers changed, in training.

    Each place of each chain takes one of the layers of RandAugment, or none, at random for each batch. Masks,
    boxes and labels stay as they are.

    Args:
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        num_chains: How many changed versions are mixed. Default 3.
        chain_depth: How many layers a chain has. Default 3.
        factor: Range of all layers' strength, from 0 to 1; one number ``f`` means from 0 to ``f``. Default
            0.3.
        alpha: Of the distributions of shares: Dirichlet for the versions, Beta for the image. Default 1.
        all_ops: Whether brightness, color, contrast and sharpness are changed too. Default True.
        interpolation: "bilinear" or "nearest". Default "bilinear".
        seed: Start of the random numbers. Default None: drawn.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, 3)``; output the same.

    Raises:
        ArgumentError: A factor out of range, or a number of chains or layers that is no positive integer.

    Source: Hendrycks et al. 2019, https://arxiv.org/abs/1912.02781

    >>> import numpy as np
    >>> tuple(AugMix(num_chains=1, chain_depth=1)(np.zeros((2, 8, 8, 3))).shape)
    (2, 8, 8, 3)
    """

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        num_chains: int = 3,
        chain_depth: int = 3,
        factor: float | Sequence[float] = 0.3,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.value_range = as_value_range("AugMix(value_range=…)", value_range)
        self.num_chains = checks.integer("AugMix(num_chains=…)", num_chains, 1)
        self.chain_depth = checks.integer("AugMix(chain_depth=…)", chain_depth, 1)
        self.factor = span("AugMix(factor=…)", factor, 0, 1, symmetric=False)
        if not is_number(alpha) or alpha <= 0:
            raise ArgumentError("AugMix(alpha=…)", "a positive number", repr(alpha))
        self.alpha, self.all_ops = alpha, bool(all_ops)
        self.interpolation = checks.one_of("AugMix(interpolation=…)", interpolation, INTERPOLATIONS)
        self._steps = make_steps(
            (*_NAMES, *COLORS) if all_ops else _NAMES, self.factor, self.value_range, interpolation,
            data_format=self.data_format, dtype=self.dtype_policy,
        )  # fmt: skip

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw shares, choose layers, and draw for every layer of every place."""
        layers = self._steps.layers
        drawn: Drawn = {
            "shares": random.gamma((self.num_chains,), self.alpha),
            "kept": random.beta((), self.alpha),
            "index": random.integers((self.num_chains, self.chain_depth), 0, len(layers) + 1),
        }
        for chain in range(self.num_chains):
            for place in range(self.chain_depth):
                drawn[f"{chain}/{place}"] = {
                    name: x.draw(random, shape, training) for name, x in layers.items()
                }
        return drawn

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Change and mix."""
        shares = ops.cast(drawn["shares"] / ops.sum(drawn["shares"]), x.dtype)
        kept = ops.cast(drawn["kept"], x.dtype)
        mixed = ops.zeros_like(x)
        for chain in range(self.num_chains):
            changed = x
            for place in range(self.chain_depth):
                index = drawn["index"][chain, place]
                changed = chosen_images(self._steps, index, drawn[f"{chain}/{place}"], changed)
            mixed = mixed + changed * shares[chain]
        return ops.clip(kept * x + (1.0 - kept) * mixed, *self.value_range)
