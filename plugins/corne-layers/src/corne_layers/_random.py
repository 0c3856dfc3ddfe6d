"""What the layers share that are random in training and the identity otherwise."""

from __future__ import annotations

from typing import Any

from corne import checks
from corne.backend import Array, Shape
from corne.errors import ArgumentError
from corne.layer import Layer
from corne.random import SeedGenerator


class RandomLayer(Layer):
    """Base of the layers that only act in training, with a rate and a seed.

    A subclass writes ``perturb``.

    Args:
        strength: The value of the argument that says how much; 0 means never.
        what: That argument, for messages.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every :class:`~corne.Layer`.
    """

    seed_generator: SeedGenerator

    def __init__(self, strength: float, what: str, seed: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self._strength = what
        setattr(self, what, strength)
        self.supports_masking = True
        self.built = type(self).build is Layer.build  # nothing to make

    def __setattr__(self, name: str, value: Any) -> None:
        if name == self.__dict__.get("_strength"):  # also when it is changed later
            self._is_active = checks.probability(f"{type(self).__name__}({name}=…)", value) > 0
            if self._is_active and "seed_generator" not in self.__dict__:
                self.seed_generator = SeedGenerator(self.seed)
        super().__setattr__(name, value)

    def perturb(self, inputs: Array) -> Array:
        """Return what ``call`` returns in training."""
        raise NotImplementedError

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Act in training; return ``inputs`` otherwise."""
        return self.perturb(inputs) if training and self._is_active else inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)


def check_noise_shape(where: str, noise_shape: Any) -> Shape | None:
    """Return ``noise_shape`` as a tuple of positive integers and None, or None."""
    if noise_shape is None:
        return None
    if isinstance(noise_shape, str) or not hasattr(noise_shape, "__iter__"):
        raise ArgumentError(
            where,
            "sizes, or None",
            repr(noise_shape),
            "Write (None, 1, None) to share the noise over axis 1.",
        )
    return tuple(None if size is None else checks.integer(where, size, least=1) for size in noise_shape)


def concrete_noise_shape(where: str, noise_shape: Shape | None, inputs: Array) -> tuple[int, ...]:
    """Return ``noise_shape`` with the input's sizes for None."""
    if noise_shape is None:
        return tuple(inputs.shape)
    if len(noise_shape) != len(inputs.shape):
        raise ArgumentError(
            f"{where}: noise_shape", f"{len(inputs.shape)} sizes, for inputs of shape {tuple(inputs.shape)}",
            f"{noise_shape}", "Name all axes, the batch included; None stands for the input's size.",
        )  # fmt: skip
    return tuple(size if n is None else n for n, size in zip(noise_shape, inputs.shape, strict=True))
