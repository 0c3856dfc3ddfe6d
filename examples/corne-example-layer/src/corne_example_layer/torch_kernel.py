"""A kernel of swirl for backends on PyTorch."""

from __future__ import annotations

from typing import Any

import torch

Tensor = torch.Tensor


def swirl(x: Tensor, angle: Tensor) -> Any:
    """Turn pairs of channels that have the angles' floating dtype; all others are left to the default body."""
    if x.dtype is not angle.dtype or not x.is_floating_point():
        return NotImplemented
    even, odd = x.unflatten(-1, (-1, 2)).unbind(-1)
    cos, sin = torch.cos(angle), torch.sin(angle)
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)
