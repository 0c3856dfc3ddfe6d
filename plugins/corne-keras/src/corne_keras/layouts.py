"""Convert weights from the layouts of Keras 1, cuDNN and Theano to today's.

Values are read on request; shapes are known at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from corne.saving.tensors import Tensor

from corne_keras.legacy_file import Stored
from corne_keras.origin import Origin

Array = np.ndarray[Any, Any]

_CONVOLUTIONS = frozenset(
    {"Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"}
)
#: Positions of Keras 1's parts of kernel, recurrent kernel and bias, in today's order of gates.
_KERAS_1_GATES = {"LSTM": (0, 6, 3, 9), "GRU": (0, 3, 6)}


def joined(layer: Any, stored: Stored, origin: Origin) -> Stored:
    """Join the separate weights of gates that recurrent layers had in Keras 1.

    Args:
        layer: The layer they are for.
        stored: Its weights in the file.
        origin: Who wrote it.
    """
    kind = type(layer).__name__
    if origin.major > 1:
        return stored
    if kind == "Bidirectional":
        half = len(stored) // 2
        forward = joined(layer.forward_layer, stored[:half], origin)
        return forward + joined(layer.backward_layer, stored[half:], origin)
    if kind == "TimeDistributed":
        return joined(layer.layer, stored, origin)
    gates = _KERAS_1_GATES.get(kind, ())
    if not gates or len(stored) != 3 * len(gates):
        return stored
    tensors = [tensor for _, tensor in stored]
    names = ("kernel", "recurrent_kernel", "bias")
    return [
        (name, _side_by_side([tensors[gate + part] for gate in gates])) for part, name in enumerate(names)
    ]


def _side_by_side(parts: Sequence[Tensor]) -> Tensor:
    size = sum(part.shape[-1] if part.shape else 0 for part in parts)
    return Tensor(
        (*parts[0].shape[:-1], size), parts[0].dtype,
        lambda: np.concatenate([part.read() for part in parts], axis=-1), None,
    )  # fmt: skip


def converted(
    owner: Any, tensors: list[Tensor], shapes: list[tuple[int, ...]], origin: Origin
) -> list[Tensor]:
    """Return one layer's own weights in today's layout.

    Args:
        owner: The layer, or a recurrent layer's cell.
        tensors: Its weights in the file, in the file's order.
        shapes: The expected shapes.
        origin: Who wrote them.
    """
    kind = type(owner).__name__
    if kind in ("LSTMCell", "GRUCell") and len(tensors) == 3:
        return _from_cudnn(tensors, shapes, gates=4 if kind == "LSTMCell" else 3)
    if kind in _CONVOLUTIONS and tensors:
        return [_kernel(owner, tensors[0], origin), *tensors[1:]]
    return tensors


def _from_cudnn(tensors: list[Tensor], shapes: list[tuple[int, ...]], gates: int) -> list[Tensor]:
    """Convert cuDNN's two biases and transposed kernels; only the biases' shape identifies them."""
    kernel, recurrent, bias = tensors
    units = shapes[1][0]
    if bias.shape != (2 * gates * units,) or [kernel.shape, recurrent.shape] != shapes[:2]:
        return tensors
    size = kernel.shape[0]

    def per_gate(turn: Callable[[Array], Array], tensor: Tensor) -> Callable[[], Array]:
        return lambda: np.hstack([turn(part) for part in np.hsplit(tensor.read(), gates)])

    def one_bias() -> Array:
        both = bias.read().reshape(2, -1)
        return both if len(shapes[2]) == 2 else both.sum(axis=0)

    return [
        Tensor(kernel.shape, kernel.dtype, per_gate(lambda part: part.reshape(units, size).T, kernel)),
        Tensor(recurrent.shape, recurrent.dtype, per_gate(lambda part: part.T, recurrent)),
        Tensor(shapes[2] if len(shapes[2]) == 2 else (gates * units,), bias.dtype, one_bias),
    ]


def _kernel(layer: Any, tensor: Tensor, origin: Origin) -> Tensor:
    transposed = type(layer).__name__.endswith("Transpose")
    steps: list[Callable[[Array], Array]] = []
    shape = tensor.shape
    if origin.major == 1:
        axes = _keras_1_axes(len(shape), layer.data_format == "channels_first", transposed)
        if type(layer).__name__ == "Conv1D" and len(shape) == 4 and shape[1] == 1:
            shape = (shape[0], *shape[2:])
            steps.append(lambda array: array[:, 0])
        elif axes is not None:
            shape = tuple(shape[axis] for axis in axes)
            steps.append(lambda array: array.transpose(axes))
    if origin.backend == "theano":  # it turned kernels round before multiplying
        around = (slice(None, None, -1),) * (len(shape) - 2)
        steps.append(lambda array: array[around])
    if not steps:
        return tensor

    def read() -> Array:
        array = tensor.read()
        for step in steps:
            array = step(array)
        return array

    return Tensor(shape, tensor.dtype, read)


def _keras_1_axes(rank: int, first: bool, transposed: bool) -> tuple[int, ...] | None:
    """Return the old position of each axis, or None if none has moved."""
    if transposed:
        return ((2, 3, 0, 1) if first else (0, 1, 3, 2)) if rank == 4 else None
    return {4: (2, 3, 1, 0), 5: (2, 3, 4, 1, 0)}.get(rank) if first else None
