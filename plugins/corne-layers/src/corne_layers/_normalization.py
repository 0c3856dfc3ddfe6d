"""What the normalization layers share: a learned scale and offset for each channel."""

from __future__ import annotations

from typing import Any

from corne import constraints, initializers, regularizers
from corne.layer import Layer
from corne.variable import Variable


class ScaleAndOffset(Layer):
    """Base of the layers that normalize, multiply by ``gamma`` and add ``beta``.

    Args:
        center: Whether ``beta`` is added.
        scale: Whether there is ``gamma`` to multiply by.
        beta_initializer: Start value of ``beta``.
        gamma_initializer: Start value of ``gamma``.
        beta_regularizer: Penalty on ``beta``, added to the loss.
        gamma_regularizer: Penalty on ``gamma``, added to the loss.
        beta_constraint: Applied to ``beta`` after each update.
        gamma_constraint: Applied to ``gamma`` after each update.
        **kwargs: As for every :class:`~corne.Layer`.
    """

    gamma: Variable | None
    beta: Variable | None

    config_kinds = {
        "beta_initializer": "initializers",
        "gamma_initializer": "initializers",
        "beta_regularizer": "regularizers",
        "gamma_regularizer": "regularizers",
        "beta_constraint": "constraints",
        "gamma_constraint": "constraints",
    }

    def __init__(
        self,
        center: bool,
        scale: bool,
        beta_initializer: Any,
        gamma_initializer: Any,
        beta_regularizer: Any,
        gamma_regularizer: Any,
        beta_constraint: Any,
        gamma_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.supports_masking = True

    def add_scale_and_offset(self, shape: tuple[int, ...], scale: bool, center: bool) -> None:
        """Make ``gamma`` and ``beta``; None for the one that is not wanted."""
        self.gamma = self.beta = None
        # autocast=False: statistics and their use stay in float32 under mixed precision.
        if scale:
            self.gamma = self.add_weight(
                shape=shape,
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                autocast=False,
                name="gamma",
            )
        if center:
            self.beta = self.add_weight(
                shape=shape,
                initializer=self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                autocast=False,
                name="beta",
            )
