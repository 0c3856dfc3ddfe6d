"""Between a model and a file: a flat mapping from names to tensors, the same for every format.

A tensor's name is the path to its owner through attributes, then ``vars``, then its index there:
``layers/dense/vars/0``, ``layers/bidirectional/forward_layer/cell/vars/1``, ``optimizer/vars/3``. Names
come from classes and attributes, not from layers' names, so building the same model again gives the same.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from corne import dtypes
from corne.errors import FileFormatError, ShapeError, StateError
from corne.naming import to_snake_case
from corne.optimizer import Optimizer
from corne.saving.read_errors import exceeds_stored_size

_VARS = "/vars/"
#: Dtypes that NumPy and most formats lack, and the one whose bits are stored instead.
AS_BITS = {"bfloat16": "uint16", "float8_e4m3fn": "uint8", "float8_e5m2": "uint8"}
_NUMBERS = dtypes.NAMES - {"string"}
_CONTAINERS = (list, tuple, set, dict)
_COMPLEX = frozenset({"complex64", "complex128"})


@dataclass(frozen=True)
class Tensor:
    """A stored array whose values are not read yet.

    Args:
        shape: Its sizes.
        dtype: Its NumPy name, such as ``"float32"`` or ``"bfloat16"``.
        read: Returns the values.
        stored: Their size in the file in bytes, None in memory. It is less than ``nbytes`` in a
            compressed file, and in one made to exhaust memory.
    """

    shape: tuple[int, ...]
    dtype: str
    read: Callable[[], np.ndarray[Any, Any]]
    stored: int | None = None

    @classmethod
    def of(cls, value: Any) -> Tensor:
        """Wrap values that are in memory already."""
        array = np.asarray(value)
        return cls(array.shape, array.dtype.name, lambda: array)

    @property
    def nbytes(self) -> int:
        """The size of its values in memory, in bytes."""
        return self.count * item_bytes(self.dtype)

    @property
    def count(self) -> int:
        """The number of its values."""
        count = 1
        for size in self.shape:
            count *= size
        return count

    def check_size(self, where: str) -> None:
        """Check that the values' size in the file is plausible for their size in memory.

        Args:
            where: The file and the name in it, for the message.

        Raises:
            FileFormatError: It is far less.
        """
        if self.stored is not None and exceeds_stored_size(self.nbytes, self.stored):
            raise FileFormatError(
                where, "data of about the size that it takes in the file",
                f"shape {self.shape}, {self.nbytes} bytes, from {self.stored}",
                "The file is corrupt or made to exhaust memory.",
            )  # fmt: skip


@dataclass
class Weights:
    """The tensors of a model or a file.

    Args:
        tensors: Each under its name, in the model's order where that is known.
        layers: The name of the layer at each path (``"layers/dense": "dense_3"``); layers without
            variables may be among them.
    """

    tensors: dict[str, Tensor] = field(default_factory=dict)
    layers: dict[str, str] = field(default_factory=dict)

    def without(self, path: str) -> Weights:
        """Return the weights without those of the object at ``path`` and below it."""

        def stays(owner: str) -> bool:
            return not f"{owner}/".startswith(f"{path}/")

        tensors = {name: tensor for name, tensor in self.tensors.items() if stays(split_name(name)[0])}
        return Weights(tensors, {owner: name for owner, name in self.layers.items() if stays(owner)})

    def by_owner(self) -> dict[str, dict[str, Tensor]]:
        """Return ``{path: {key: tensor}}``."""
        owners: dict[str, dict[str, Tensor]] = {}
        for name, tensor in self.tensors.items():
            path, key = split_name(name)
            owners.setdefault(path, {})[key] = tensor
        return owners


def split_name(name: str) -> tuple[str, str]:
    """Return the owner's path and the key of a tensor's name.

    A name chosen by another tool is its own path.

    >>> split_name("layers/dense/vars/0"), split_name("vars/1"), split_name("dense.weight")
    (('layers/dense', '0'), ('', '1'), ('dense.weight', ''))
    """
    path, marker, key = f"/{name}".rpartition(_VARS)
    return (path[1:], key) if marker else (name, "")


def join_name(path: str, key: str) -> str:
    """Return the name of the tensor ``key`` of the owner at ``path``.

    >>> join_name("layers/dense", "0"), join_name("", "1")
    ('layers/dense/vars/0', 'vars/1')
    """
    return f"{path}{_VARS}{key}".removeprefix("/")


def to_bits(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the bits of numbers whose dtype NumPy lacks (bfloat16, float8), other numbers unchanged."""
    bits = AS_BITS.get(array.dtype.name)
    return array if bits is None else array.view(bits)


def from_bits(array: np.ndarray[Any, Any], dtype: str) -> np.ndarray[Any, Any]:
    """Return numbers of ``dtype`` in the machine's byte order; the inverse of :func:`to_bits`."""
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if dtype not in AS_BITS:
        return array
    import ml_dtypes

    return array.view(getattr(ml_dtypes, dtype))


def item_bytes(dtype: str) -> int:
    """Return the size in bytes of one value of a dtype by NumPy's name, 0 if it is unknown."""
    if dtype in _NUMBERS:
        return dtypes.itemsize(dtype)
    try:
        return np.dtype(dtype).itemsize
    except TypeError:
        return 0


# -- the walk -----------------------------------------------------------------------------------------
def walk(root: Any, listed: bool = True, skipped: Sequence[Any] | None = None) -> Iterator[tuple[str, Any]]:
    """Yield ``(path, object)`` for everything in a model that has variables of its own, each once.

    Args:
        root: The model.
        listed: Whether a subclassed model's ``layers`` count as an attribute of that name, as in Keras's
            files: what its attributes hold that come later in the alphabet is then found below
            ``layers``. Default True; False is the layout of earlier versions of Corne.
        skipped: Objects to leave out, with everything in them. Default: none.
    """
    yield from _walk(root, "", {id(item) for item in skipped or ()}, listed)


def _walk(item: Any, path: str, seen: set[int], listed: bool) -> Iterator[tuple[str, Any]]:
    if id(item) in seen:
        return
    seen.add(id(item))
    yield path, item
    unsaved: frozenset[str] = getattr(type(item), "_unsaved_attributes", frozenset())
    children = {name: value for name, value in vars(item).items() if name not in unsaved}
    if getattr(item, "_corne_graph", None) is not None or "_corne_stack" in vars(item):
        yield from _walk_container(item.layers, f"{path}/layers".lstrip("/"), seen, listed)
    elif listed and isinstance(getattr(type(item), "layers", None), property):
        children["layers"] = item.layers
    for name in sorted(children, key=lambda name: (name.startswith("_"), name) if listed else (False, name)):
        child, child_path = children[name], f"{path}/{name}".lstrip("/")
        if _is_saveable(child):
            yield from _walk(child, child_path, seen, listed)
        elif isinstance(child, _CONTAINERS):
            yield from _walk_container(child, child_path, seen, listed)


def _walk_container(container: Any, path: str, seen: set[int], listed: bool) -> Iterator[tuple[str, Any]]:
    used: Counter[str] = Counter()
    for child in container.values() if isinstance(container, dict) else container:
        inner = isinstance(child, _CONTAINERS)
        if not (inner or _is_saveable(child)):
            continue
        stem = "container" if inner else _stem(child)
        name = f"{stem}_{used[stem]}" if used[stem] else stem
        used[stem] += 1
        if inner and id(child) in seen:
            continue  # a list that holds itself
        if inner:
            seen.add(id(child))
        within = _walk_container if inner else _walk
        yield from within(child, f"{path}/{name}", seen, listed)


def _stem(item: Any) -> str:
    """Return the name Keras gives an object in files: its class, or "functional" for a functional model."""
    name = type(item).__name__
    is_functional = name == "Model" and getattr(item, "_corne_graph", None) is not None
    return "functional" if is_functional else to_snake_case(name)


def _as_before(path: str) -> str:
    """Return the name of nested functional models in Corne's first files."""
    return re.sub(r"(^|/)functional(?=(_\d+)?(/|$))", r"\1model", path)


def _is_saveable(item: Any) -> bool:
    return hasattr(item, "save_own_variables") and not isinstance(item, type)


# -- model to mapping and back ------------------------------------------------------------------------
def gather(model: Any, skipped: Sequence[Any] | None = None) -> Weights:
    """Return every variable of the model, and of its optimizer if it has one.

    Args:
        model: A built model.
        skipped: Objects to leave out, with everything in them. Default: none.

    Raises:
        StateError: A custom layer stores something that is not an array.
    """
    weights = Weights()
    for path, item in walk(model, skipped=skipped):
        weights.layers[path] = item.name
        for key, value in _own(item).items():
            name, tensor = join_name(path, key), Tensor.of(value)
            if tensor.read().dtype.hasobject:
                raise StateError(
                    f"{item.name}.save_own_variables(…)", "arrays of numbers", f"{value!r} as {key!r}",
                    "Store numbers, strings or bytes in NumPy arrays.",
                )  # fmt: skip
            weights.tensors[name] = tensor
    return weights


def restore(
    model: Any,
    weights: Weights,
    where: str,
    skip_mismatch: bool = False,
    skipped: Sequence[Any] | None = None,
) -> None:
    """Load the value of every variable of the model.

    Everything is compared before anything is read, and read before anything is assigned. An optimizer
    without state is built if the file has state for it. State of another optimizer is skipped with a
    warning; state for a model that is not compiled is skipped silently.

    Args:
        model: A built model.
        weights: The contents of a file.
        where: The file, for messages.
        skip_mismatch: Skip layers that don't match, with a warning. Default False.
        skipped: Objects that keep their values, with everything in them. Default: none.

    Raises:
        ShapeError: Layers are missing on either side, or have other shapes; the message lists them all.
    """
    stored = weights.by_owner()
    _build_optimizer(model, stored)
    plan: list[tuple[Any, dict[str, Tensor]]] = []
    layers: list[str] = []
    optimizers: list[str] = []
    left_out = {id(inner) for item in skipped or () for _, inner in walk(item)}
    for path, item in _walk_as_stored(model, stored):
        if id(item) in left_out:
            stored.pop(path if path in stored else _as_before(path), None)
            continue
        own = {key: Tensor.of(value) for key, value in _own(item).items()}
        given = stored.pop(path if path in stored else _as_before(path), {})
        if own.keys() == given.keys() and all(_fits(given[key], own[key]) for key in own):
            if own:
                plan.append((item, given))
            continue
        isolated = isinstance(item, Optimizer)
        if given or not isolated:
            problem = f"{path or item.name} ({item.name}): has {_listed(own)}, the file has {_listed(given)}"
            (optimizers if isolated else layers).append(problem)
    for path, given in stored.items():
        if not f"{path}/".startswith("optimizer/"):
            name = weights.layers.get(path, "unnamed")
            layers.append(f"{path} ({name}): has nothing, the file has {_listed(given)}")
    if layers and not skip_mismatch:
        raise ShapeError(
            f"{where} into {model.name}", "the same layers with the same shapes", "; ".join(layers),
            "Build the model as it was when the file was written, or pass skip_mismatch=True.",
        )  # fmt: skip
    values = [(item, {key: tensor.read() for key, tensor in given.items()}) for item, given in plan]
    if layers:
        warnings.warn(f"{where}: skipped {'; '.join(layers)}", stacklevel=2)
    if optimizers:
        warnings.warn(
            f"{where}: skipped the optimizer's state, whose variables differ: {'; '.join(optimizers)}",
            stacklevel=2,
        )
    for item, store in values:
        item.load_own_variables(store)


def _walk_as_stored(model: Any, stored: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the walk in the layout of a file: today's, unless only the previous one has all its paths."""
    now = list(walk(model))
    if all(path in stored or not _own(item) for path, item in now):
        return now
    before = list(walk(model, listed=False))
    owners = {path for path, item in before if _own(item)}
    return before if owners and owners <= stored.keys() else now


def _own(item: Any) -> dict[str, Any]:
    store: dict[str, Any] = {}
    item.save_own_variables(store)
    return store


def _build_optimizer(model: Any, stored: Mapping[str, Mapping[str, Tensor]]) -> None:
    """Create the state of an optimizer that has none yet if the file has more than its counters."""
    optimizer = getattr(model, "optimizer", None)
    if isinstance(optimizer, Optimizer) and not optimizer.built:
        count = sum(len(given) for path, given in stored.items() if f"{path}/".startswith("optimizer/"))
        if count > sum(len(_own(item)) for _, item in walk(optimizer)):
            optimizer.build(model.trainable_variables)


def _fits(given: Tensor, own: Tensor) -> bool:
    """Return whether values fit a variable: the same shape, and a dtype it can hold."""
    if given.shape != own.shape or given.dtype == own.dtype:
        return given.shape == own.shape
    return {given.dtype, own.dtype} <= _NUMBERS and (given.dtype not in _COMPLEX or own.dtype in _COMPLEX)


def _listed(tensors: dict[str, Tensor]) -> str:
    ordered = sorted(tensors, key=lambda key: (len(key), key))
    return ", ".join(_shown(tensors[key]) for key in ordered) or "nothing"


def _shown(tensor: Tensor) -> str:
    return f"{tensor.shape}" if tensor.dtype in _NUMBERS else f"{tensor.shape} of {tensor.dtype}"
