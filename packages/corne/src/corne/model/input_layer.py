"""Input and InputLayer: the start of a functional model."""

from __future__ import annotations

from typing import Any

from corne import config, dtypes
from corne.backend import Shape
from corne.errors import ArgumentError
from corne.layer import Layer
from corne.symbolic import Node, SymbolicTensor


class InputLayer(Layer):
    """Represents an input among a model's layers. Use :func:`Input` to create one.

    Args:
        shape: Sizes without the batch axis; None where any size is allowed.
        batch_size: Fixed batch size, or None for any.
        dtype: Default: ``config.floatx()``.
        sparse: Only False is supported.
        ragged: Only False is supported.
        batch_shape: Sizes with the batch axis, instead of ``shape`` and ``batch_size``.
        input_tensor: An existing symbolic tensor to start from.
        optional: Whether None may be passed for it.
        name: Default "input_layer", numbered.
    """

    acts_per_sample = True

    def __init__(
        self,
        shape: Shape | None = None,
        batch_size: int | None = None,
        dtype: str | None = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Shape | None = None,
        input_tensor: SymbolicTensor | None = None,
        optional: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        for option, value in (("sparse", sparse), ("ragged", ragged)):
            if value:
                raise ArgumentError(
                    f"Input({option}=…)",
                    f"{option}=False",
                    "True",
                    "Only dense tensors are supported; convert the data.",
                )
        if input_tensor is not None:
            batch_shape, dtype = input_tensor.shape, input_tensor.dtype
        elif batch_shape is None:
            if shape is None:
                raise ArgumentError(
                    "Input(…)",
                    "shape or batch_shape",
                    "neither",
                    "For images of 28 by 28: Input(shape=(28, 28)).",
                )
            batch_shape = (batch_size, *_as_shape(shape))
        elif shape is not None:
            raise ArgumentError(
                "Input(…)",
                "shape or batch_shape",
                "both",
                "Omit one: batch_shape includes the batch axis.",
            )
        self.batch_shape = _as_shape(batch_shape)
        self._dtype = dtypes.standardize_dtype(dtype) if dtype is not None else config.floatx()
        self.optional = optional
        self.supports_masking = True
        self.built = True
        output = (
            input_tensor
            if input_tensor is not None
            else SymbolicTensor(self.batch_shape, self._dtype, self.name)
        )
        Node(self, (), {}, output)

    @property
    def dtype(self) -> str:
        """The dtype of the input."""
        return self._dtype

    @property
    def batch_size(self) -> int | None:
        """The fixed batch size, or None."""
        return self.batch_shape[0]

    def call(self) -> None:
        """Raise an error: the model feeds its inputs directly."""
        raise NotImplementedError("InputLayer starts a graph; it is never called.")

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_shape": list(self.batch_shape),
            "dtype": self._dtype,
            "sparse": False,
            "ragged": False,
            "name": self.name,
            "optional": self.optional,
        }


def _as_shape(shape: Any) -> Shape:
    if isinstance(shape, int):
        shape = (shape,)
    if not all(size is None or (isinstance(size, int) and size >= 0) for size in shape):
        raise ArgumentError("Input(shape=…)", "sizes of zero or more, or None", f"{tuple(shape)}")
    return tuple(shape)


def Input(
    shape: Shape | None = None,
    batch_size: int | None = None,
    dtype: str | None = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Shape | None = None,
    name: str | None = None,
    tensor: SymbolicTensor | None = None,
    optional: bool = False,
) -> SymbolicTensor:
    """Return a symbolic tensor that starts a functional model.

    Args:
        shape: Sizes without the batch axis; None where any size is allowed.
        batch_size: Fixed batch size. Default None: any.
        dtype: Default: ``config.floatx()``, "float32".
        sparse: Only False is supported.
        ragged: Only False is supported.
        batch_shape: Sizes with the batch axis, instead of ``shape`` and ``batch_size``.
        name: Default "input_layer", numbered.
        tensor: An existing symbolic tensor to start from.
        optional: Whether None may be passed for it.

    Raises:
        ArgumentError: Neither or both of ``shape`` and ``batch_shape``, a negative size, sparse or ragged.

    >>> from corne import Input
    >>> Input(shape=(28, 28, 1)).shape
    (None, 28, 28, 1)
    """
    layer = InputLayer(
        shape=shape, batch_size=batch_size, dtype=dtype, sparse=sparse, ragged=ragged, batch_shape=batch_shape,
        input_tensor=tensor, optional=optional, name=name,
    )  # fmt: skip
    output: SymbolicTensor = layer.output
    return output
