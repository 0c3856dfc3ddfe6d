"""HostLayer: a layer that computes with NumPy on the host, because it handles text or hashes."""

from __future__ import annotations

from typing import Any, ClassVar

from corne import backend as backends
from corne.backend import Array
from corne.errors import ArgumentError
from corne.layer import Layer
from corne.symbolic import find_symbolic

from corne_preprocessing.sources import HostArray


class HostLayer(Layer):
    """Base of layers whose inputs never reach a device.

    Called on data, the layer computes at once, in NumPy, and returns an array of the active backend: under
    ``backend.use("numpy")`` a NumPy array. In a model the graph is cut behind it: what lies before the cut is
    computed on the host, batch by batch, before the step.
    """

    #: A model's graph is cut behind such layers.
    runs_on_host: ClassVar[bool] = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute at once, or record a node of a graph."""
        if find_symbolic((args, kwargs)):
            return super().__call__(*args, **kwargs)
        self.built = True
        return self.call(*args, **{key: value for key, value in kwargs.items() if key != "training"})

    def build(self, *args: Any, **kwargs: Any) -> None:
        """Make nothing: there are no weights."""
        self.built = True

    def get_build_config(self) -> dict[str, Any] | None:
        """Return nothing: there are no weights to make."""
        return {}

    def _to_backend(self, array: HostArray, dtype: str) -> Array:
        """Return an array as the active backend's."""
        return backends.active().asarray(array, dtype)


def refuse_sparse(where: str, sparse: bool) -> None:
    """Raise for ``sparse=True``, which Keras too has on TensorFlow alone."""
    if sparse:
        raise ArgumentError(f"{where}(sparse=…)", "False", "True", "Sparse tensors are not supported.")
