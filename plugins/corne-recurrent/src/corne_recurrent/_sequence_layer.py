"""What SimpleRNN, LSTM and GRU share."""

from __future__ import annotations

from typing import Any, Self

from corne import backend, regularizers
from corne.errors import ArgumentError
from corne.layer import InputSpec

from corne_recurrent._cell import Cell
from corne_recurrent.rnn import RNN


def of_cell(name: str) -> Any:
    """Return a property that is the cell's attribute of that name."""
    return property(lambda self: getattr(self.cell, name), doc=f"``{name}`` of the cell.")


class SequenceLayer(RNN):
    """Base of the layers that make their cell themselves.

    Args:
        cell: The cell.
        use_cudnn: "auto" to use an engine's fused kernel where there is one, True to insist on it, False for
            the default scan.
        activity_regularizer: Penalty on the output, added to the loss.
        **kwargs: As for :class:`RNN`.
    """

    cell: Cell

    def __init__(self, cell: Cell, use_cudnn: Any, activity_regularizer: Any, **kwargs: Any) -> None:
        if use_cudnn not in ("auto", True, False):
            raise ArgumentError(
                f"{type(self).__name__}(use_cudnn=…)", "'auto', True or False", repr(use_cudnn),
                "Leave it out for 'auto'.",
            )  # fmt: skip
        super().__init__(cell, activity_regularizer=activity_regularizer, **kwargs)
        self.use_cudnn = use_cudnn
        self.input_spec = InputSpec(ndim=3)

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Build the cell, and choose between a fused kernel and the scan."""
        super().build(sequences_shape, initial_state_shape)
        self.input_spec = InputSpec(ndim=3, axes={-1: sequences_shape[-1]})
        self._fused = self.use_cudnn is not False
        if self.use_cudnn is True:
            obstacle = self.cell.obstacle_to_fusing()
            if obstacle is None and backend.kernel(backend.active(), self.cell.operation) is None:
                obstacle = f"the backend {backend.name()!r}, which has none"
            if obstacle is not None:
                raise ArgumentError(
                    f"{self.name}: use_cudnn=True", "a configuration with a fused kernel", obstacle,
                    "Pass use_cudnn='auto' to take the general way where there is no fused one.",
                )  # fmt: skip

    units = of_cell("units")
    activation = of_cell("activation")
    use_bias = of_cell("use_bias")
    kernel_initializer = of_cell("kernel_initializer")
    recurrent_initializer = of_cell("recurrent_initializer")
    bias_initializer = of_cell("bias_initializer")
    kernel_regularizer = of_cell("kernel_regularizer")
    recurrent_regularizer = of_cell("recurrent_regularizer")
    bias_regularizer = of_cell("bias_regularizer")
    kernel_constraint = of_cell("kernel_constraint")
    recurrent_constraint = of_cell("recurrent_constraint")
    bias_constraint = of_cell("bias_constraint")
    dropout = of_cell("dropout")
    recurrent_dropout = of_cell("recurrent_dropout")
    seed = of_cell("seed")

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, but ``use_cudnn``, which is about the machine."""
        own = super().get_config()
        del own["cell"]
        return {
            **self.cell.get_config(),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            **own,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a layer with the configuration of :meth:`get_config`."""
        return cls(**config)
