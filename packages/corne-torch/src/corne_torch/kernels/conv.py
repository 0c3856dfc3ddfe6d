"""Convolutions."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from corne.kernels.windows import as_sizes, channel_axis, transpose_padding
from corne.operation import promoted

from corne_torch.abstract import is_for_compiler
from corne_torch.kernels._table import kernel
from corne_torch.kernels.windows import Plan, filters_first, from_first, hashable, plan, resolve, to_first

Tensor = torch.Tensor
_BY_RANK = {2: F.conv2d, 3: F.conv3d}
_TRANSPOSE_BY_RANK = {2: F.conv_transpose2d, 3: F.conv_transpose3d}


def _slide(x: Tensor, weight: Tensor, at: Plan, groups: int, bias: Tensor | None = None) -> Tensor:
    margins: Any = at.before
    if not at.is_symmetric:
        x, margins = F.pad(x, at.margins), 0
    return _BY_RANK[len(at.sizes)](x, weight, bias, at.strides, margins, at.dilation, groups)


def _floats(inputs: Tensor, kernel: Tensor) -> tuple[Tensor, Tensor] | None:
    """Return both in one floating dtype, or None if PyTorch can't convolve them."""
    if inputs.dtype is not kernel.dtype:
        inputs, kernel = promoted(inputs, kernel)
    return (inputs, kernel) if inputs.is_floating_point() and 3 <= kernel.ndim <= 5 else None


def _fits(bias: Tensor | None, kernel: Tensor) -> bool:
    """Return whether PyTorch can add the bias while it convolves."""
    return bias is None or (bias.dtype is kernel.dtype and bias.shape == kernel.shape[-1:])


@kernel("conv")
def conv(
    inputs: Tensor,
    kernel: Tensor,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
    bias: Tensor | None = None,
) -> Any:
    """Slide a kernel over images."""
    alike = _floats(inputs, kernel)
    if alike is None or not _fits(bias, alike[1]):
        return NotImplemented
    inputs, kernel = alike
    at = plan(
        "conv", inputs.shape, None, hashable(strides), padding, resolve(data_format),
        hashable(dilation_rate), kernel.shape,
    )  # fmt: skip
    x = to_first(inputs, at.data_format)
    groups = x.shape[1] // kernel.shape[-2]
    weight = filters_first(kernel, (-1, -2))
    if bias is not None and is_for_compiler():  # what comes next is fused with adding it; so is its gradient
        out = _slide(x, weight, at, groups)
        out = out + bias.view(-1, *(1,) * (out.ndim - 2))
    else:
        out = _slide(x, weight, at, groups, bias)
    return from_first(out, inputs.ndim, at.data_format)


@kernel("depthwise_conv")
def depthwise_conv(
    inputs: Tensor,
    kernel: Tensor,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Slide over each channel its own kernels."""
    alike = _floats(inputs, kernel)
    if alike is None or inputs.shape[channel_axis(resolve(data_format))] != kernel.shape[-2]:
        return NotImplemented
    inputs, kernel = alike
    at = plan(
        "depthwise_conv", inputs.shape, None, hashable(strides), padding, resolve(data_format),
        hashable(dilation_rate), kernel.shape,
    )  # fmt: skip
    x = to_first(inputs, at.data_format)
    weight = filters_first(kernel, (-2, -1)).flatten(0, 1).unsqueeze(1)
    return from_first(_slide(x, weight, at, x.shape[1]), inputs.ndim, at.data_format)


@kernel("conv_transpose")
def conv_transpose(
    inputs: Tensor,
    kernel: Tensor,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Enlarge images by strides.

    ``transpose_padding`` says how much is added around the spread-out input before a kernel of ``span``
    places slides over it. PyTorch adds ``span - 1 - padding`` in front, and ``output_padding`` more behind.
    """
    rank, form = kernel.ndim - 2, resolve(data_format)
    alike = _floats(inputs, kernel)
    known = padding in ("valid", "same") and form in ("channels_last", "channels_first")
    if (
        alike is None
        or not known
        or inputs.ndim != kernel.ndim
        or inputs.shape[channel_axis(form)] != kernel.shape[-1]
    ):
        return NotImplemented
    inputs, kernel = alike
    where = "ops.conv_transpose"
    steps = as_sizes(f"{where}(strides=…)", strides, rank)
    dilation = as_sizes(f"{where}(dilation_rate=…)", dilation_rate, rank)
    extra: Any = [None] * rank
    if output_padding is not None:
        extra = as_sizes(f"{where}(output_padding=…)", output_padding, rank, least=0)
    pads = [
        transpose_padding(size, step, d, padding, more)
        for size, step, d, more in zip(kernel.shape[:rank], steps, dilation, extra, strict=True)
    ]
    spans = [(size - 1) * d + 1 for size, d in zip(kernel.shape[:rank], dilation, strict=True)]
    less = [span - 1 - before for (before, _), span in zip(pads, spans, strict=True)]
    more = [after - before for before, after in pads]
    margins: list[int] = []
    refused = any(not 0 <= m < max(s, d) for m, s, d in zip(more, steps, dilation, strict=True))
    if rank == 1:
        steps, dilation, less, more = (1, *steps), (1, *dilation), [0, *less], [0, *more]
    # PyTorch's backward pass crashes where it adds places that no kernel reaches (torch 2.13 on processors,
    # channels last, a kernel of size 1). There, and where it refuses, it adds nothing; it is done here.
    if refused or any(m >= span for m, span in zip(more[-rank:], spans, strict=True) if m):
        margins = [
            m for front, behind in zip(less[::-1], more[::-1], strict=True) for m in (-front, behind - front)
        ]
        less = more = [0] * len(less)
    x, weight = to_first(inputs, form), filters_first(kernel, (-1, -2))
    out = _TRANSPOSE_BY_RANK[len(steps)](x, weight, None, steps, less, more, 1, dilation)
    return from_first(F.pad(out, margins) if any(margins) else out, inputs.ndim, form)
