"""EinsumDense: a dense layer whose product is written as an equation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from corne import activations, constraints, initializers, ops, regularizers
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.layer import Layer


class EinsumDense(Layer):
    """Multiply by a learned tensor along the axes that an equation names, add a bias, apply an activation.

    ``y = activation(einsum(equation, x, kernel) + bias)``

    Args:
        equation: Of the form ``"ab,bc->ac"``: letters for the input's axes (the first is the batch), the
            kernel's and the output's. ``...`` stands for any axes before or after the others.
        output_shape: Sizes of the output's axes without the batch; None where the input decides. An
            integer for one axis.
        activation: Name or function. Default None: none.
        bias_axes: Letters of the output that ``bias`` has axes for. Default None: no bias.
        kernel_initializer: Start value of ``kernel``. Default "glorot_uniform".
        bias_initializer: Start value of ``bias``. Default "zeros".
        kernel_regularizer: Penalty on ``kernel``. Default None.
        bias_regularizer: Penalty on ``bias``. Default None.
        kernel_constraint: Applied to ``kernel`` after each update. Default None.
        bias_constraint: Applied to ``bias`` after each update. Default None.
        lora_rank: Must be None; in the signature because Keras has it.
        lora_alpha: Must be None.
        gptq_unpacked_column_size: Must be None.
        quantization_config: Must be None.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        as the equation says.

    Raises:
        ArgumentError: A malformed equation, bias axes that the output lacks, or a feature that the layer lacks.
        ShapeError: Sizes that don't fit the equation, or a size of the kernel that isn't known.

    >>> import numpy as np
    >>> tuple(EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d")(np.ones((2, 3, 4))).shape)
    (2, 3, 5)
    """

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: None = None,
        lora_alpha: None = None,
        gptq_unpacked_column_size: None = None,
        quantization_config: None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        for name, value in (
            ("lora_rank", lora_rank),
            ("lora_alpha", lora_alpha),
            ("gptq_unpacked_column_size", gptq_unpacked_column_size),
            ("quantization_config", quantization_config),
        ):
            if value is not None:
                raise ArgumentError(
                    f"EinsumDense({name}=…)", "None", repr(value), "This layer doesn't have it; leave it out."
                )
        self.equation = equation
        self.partial_output_shape = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        self.bias_axes = bias_axes
        self._labels = _parse(equation)
        if bias_axes and set(bias_axes) - set(self._labels[2]):
            raise ArgumentError(
                "EinsumDense(bias_axes=…)", f"letters of the output {self._labels[2]!r}", repr(bias_axes),
                "Name axes that the output has.",
            )  # fmt: skip
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Make ``kernel`` and ``bias``."""
        sizes, _ = self._sizes(input_shape)
        _, kernel, output = self._labels
        unknown = [letter for letter in kernel if sizes.get(letter) is None]
        if unknown:
            raise ShapeError(
                self.name, f"known sizes for the kernel's axes {unknown}", f"input shape {tuple(input_shape)}",
                "Give them in output_shape, or give the model's Input a full shape.",
            )  # fmt: skip
        self._matrix = self._as_matrix(sizes)
        self.kernel = self.add_weight(
            shape=tuple(sizes[letter] for letter in kernel),
            initializer=self._kernel_start(),
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.bias = None
        if self.bias_axes:
            letters = output.replace("...", "")
            first = min(letters.index(letter) for letter in self.bias_axes)
            shape = tuple(sizes[letter] if letter in self.bias_axes else 1 for letter in letters[first:])
            if output.endswith("..."):  # the bias is the same for all axes that ... stands for
                shape += (1,) * (len(input_shape) - len(self._labels[0].replace("...", "")))
            self.bias = self.add_weight(
                shape=shape,
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def _kernel_start(self) -> Any:
        """Return the initializer with the kernel's input and output axes."""
        start = self.kernel_initializer
        if not isinstance(start, initializers.VarianceScaling):
            return start
        if start.input_axes is not None and start.output_axes is not None:
            return start
        _, kernel, output = self._labels
        axes = {
            "input_axes": [i for i, letter in enumerate(kernel) if letter not in output],
            "output_axes": [i for i, letter in enumerate(kernel) if letter in output],
        }
        return type(start).from_config({**start.get_config(), "seed": start.seed, **axes})

    def _as_matrix(self, sizes: dict[str, int | None]) -> tuple[int, int, tuple[int, ...]] | None:
        """Return rows, columns and the output's new sizes where the equation is a product with a matrix.

        It is where the input's last axes are the kernel's first ones, and the output has the input's other axes
        followed by the kernel's other ones.
        """
        given, kernel, output = self._labels
        bound = next((n for n in range(len(kernel), 0, -1) if given.endswith(kernel[:n])), 0)
        kept, new = given[: len(given) - bound], kernel[bound:]
        if not bound or not new or "..." in kernel or output != kept + new or set(new) & set(given):
            return None
        if len(kept.replace("...", "")) == 0 and "..." not in kept:
            return None
        self._bound = bound
        count = {letter: int(sizes[letter] or 0) for letter in kernel}
        rows, columns = math.prod(count[x] for x in kernel[:bound]), math.prod(count[x] for x in new)
        return rows, columns, tuple(count[x] for x in new)

    def call(self, inputs: Array) -> Array:
        """Compute ``activation(einsum(equation, inputs, kernel) + bias)``."""
        if self._matrix is None:
            outputs, bias = ops.einsum(self.equation, inputs, self.kernel), self.bias
        else:
            rows, columns, new = self._matrix
            kept = inputs.shape[: len(inputs.shape) - self._bound]
            x = inputs if self._bound == 1 else ops.reshape(inputs, (-1, *kept[1:], rows))
            kernel, row, bias = ops.reshape(self.kernel, (rows, columns)), None, self.bias
            if bias is not None and bias.shape == new:  # a number for each column
                row, bias = ops.reshape(bias, (columns,)), None
            outputs = ops.dense(x, kernel, row)
            if len(new) != 1:
                outputs = ops.reshape(outputs, (-1, *kept[1:], *new))
        if bias is not None:
            outputs = ops.add(outputs, bias)
        return self.activation(outputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the output's shape, as the equation and ``output_shape`` give it."""
        return self._sizes(input_shape)[1]

    def _sizes(self, input_shape: Shape) -> tuple[dict[str, int | None], Shape]:
        """Return the size of each letter, and the output's shape."""
        given, _, output = self._labels
        rank = len(input_shape)
        spare = rank - len(given.replace("...", ""))
        if spare < 0 or (spare and "..." not in given):
            raise ShapeError(
                self.name,
                f"an input with the axes {given!r}",
                f"shape {tuple(input_shape)}",
            )
        others = "0123456789"[:spare]  # letters for the axes that ... stands for
        given, output = (labels.replace("...", others) for labels in (given, output))
        sizes: dict[str, int | None] = dict(zip(given, input_shape, strict=True))
        shape: list[int | None] = [sizes.get(output[0])]
        rest = output[1:]
        wanted = self.partial_output_shape
        if len(wanted) < len(rest):  # sizes for the axes that ... stands for need not be given
            named = [letter for letter in rest if letter not in others]
            if len(named) != len(wanted):
                raise ShapeError(
                    self.name,
                    f"{len(named)} sizes in output_shape, for the axes {named}",
                    f"{wanted}",
                    "Add or remove some.",
                )
            by_letter = dict(zip(named, wanted, strict=True))
            wanted = tuple(by_letter.get(letter) for letter in rest)
        if len(wanted) != len(rest):
            raise ShapeError(
                self.name,
                f"{len(rest)} sizes in output_shape, for the axes {rest!r}",
                f"{wanted}",
                "Add or remove some.",
            )
        for letter, size in zip(rest, wanted, strict=True):
            known = sizes.get(letter)
            if size is not None and known is not None and size != known:
                raise ShapeError(
                    self.name, f"size {known} for axis {letter!r}, as the input has", f"{size} in output_shape",
                    "Write None there, or correct it.",
                )  # fmt: skip
            sizes[letter] = known if size is None else size
            shape.append(sizes[letter])
        return sizes, tuple(shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "output_shape": list(self.partial_output_shape),
            "equation": self.equation,
            "activation": activations.serialize(self.activation),
            "bias_axes": self.bias_axes,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }


def _parse(equation: str) -> tuple[str, str, str]:
    """Return the letters of input, kernel and output."""
    left, arrow, output = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    well_formed = (
        arrow
        and len(terms) == 2
        and output
        and all(term.replace("...", "").isalpha() for term in (*terms, output))
    )
    unknown = set(output.replace("...", "")) - set("".join(terms))
    if not well_formed or unknown:
        raise ArgumentError(
            "EinsumDense(equation=…)", "'input letters,kernel letters->output letters'", repr(equation),
            "For a dense layer on two axes: 'ab,bc->ac'." + (f" {sorted(unknown)} are in no term." if unknown else ""),
        )  # fmt: skip
    return terms[0], terms[1], output
