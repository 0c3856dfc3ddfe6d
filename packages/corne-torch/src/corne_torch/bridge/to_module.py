"""A model of Corne as a module of PyTorch."""

from __future__ import annotations

from typing import Any

import torch
from corne import backend as backends
from corne.errors import BackendError, StateError
from corne.layer import Layer
from corne.variable import StatelessScope, Variable


class CorneModule(torch.nn.Module):
    """Runs a Corne layer or model on parameters that share memory with its variables.

    Trainable variables are parameters, the others buffers; each is named by its path. Training either side trains the
    other. In training mode the layer is called with ``training=True``.
    """

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self._layer = [layer]  # in a list, for torch looks for modules in attributes
        self._pairs: list[tuple[Variable, torch.Tensor]] = []
        for variable in layer.variables:
            storage = variable.storage
            if not isinstance(storage, torch.Tensor):
                continue  # a counter on the host
            name = _free_name(variable.path, self)
            if variable.trainable and storage.is_floating_point():
                parameter = torch.nn.Parameter(storage.detach())
                self.register_parameter(name, parameter)
                self._pairs.append((variable, parameter))
            else:
                self.register_buffer(name, storage.detach())
                self._pairs.append((variable, self.get_buffer(name)))

    @property
    def layer(self) -> Layer:
        """The layer or model that runs."""
        return self._layer[0]

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Call the layer; statistics that it updates are kept."""
        kwargs.setdefault("training", self.training)
        scope = StatelessScope(self._pairs)
        with (
            backends.use(self._pairs[0][0].backend) if self._pairs else backends.use(backends.active()),
            scope,
        ):
            outputs = self.layer(*args, **kwargs)
        for variable, tensor in self._pairs:
            value = scope.get(variable)
            if value is not tensor and value is not None:
                with torch.no_grad():
                    tensor.copy_(value)
        return outputs


def to_module(layer: Layer) -> CorneModule:
    """Return a ``torch.nn.Module`` that shares a layer's or model's weights.

    Args:
        layer: A built layer or model, on the backend cpu or cuda.

    Raises:
        StateError: It is not built.
        BackendError: Its weights are on a backend without PyTorch.

    >>> import torch
    >>> from corne.layers import Dense, Input
    >>> from corne.models import Sequential
    >>> model = Sequential([Input((4,)), Dense(2)])
    >>> module = to_module(model)
    >>> optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    >>> module(torch.ones(3, 4)).sum().backward()
    >>> optimizer.step()
    """
    if not layer.built:
        raise StateError(
            f"to_torch() of {layer.name}", "a built model", "an unbuilt one",
            "Call it once on data, or give it an Input.",
        )  # fmt: skip
    for variable in layer.variables:
        if variable.backend.engine != "torch":
            raise BackendError(
                f"to_torch() of {layer.name}", "weights on the backend cpu or cuda", f"on {variable.backend.name}",
                "Move the model first: model.to('cpu').",
            )  # fmt: skip
    return CorneModule(layer)


def _free_name(path: str, module: torch.nn.Module) -> str:
    """Return a variable's path as PyTorch allows it in names, with a number where it is taken."""
    name = stem = path.replace(".", "_")
    number = 0
    taken = {*module._parameters, *module._buffers}
    while name in taken or hasattr(module, name):
        number += 1
        name = f"{stem}_{number}"
    return name
