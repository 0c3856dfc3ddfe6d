"""Weights out of PyTorch's state dicts of the same architectures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from corne.errors import FileFormatError, MissingPluginError, ShapeError

from corne_applications.torch_names import Scheme, schemes

Values = dict[str, np.ndarray[Any, Any]]

_MEAN, _DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
_HEADS = ("classifier", "fc.", "head.", "_fc.")


def read_state_dict(path: Path) -> Values:
    """Return the arrays in a file that ``torch.save`` wrote, read without running any code from it.

    Raises:
        FileFormatError: The file is corrupt, or holds something other than tensors.
        MissingPluginError: PyTorch isn't installed.
    """
    try:
        import torch
    except ModuleNotFoundError:
        raise MissingPluginError(
            f"reading {path.name}", "torch", "not installed", "pip install torch"
        ) from None
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # pickle, zip and torch raise a dozen kinds about corrupt files
        raise FileFormatError(
            str(path), "a state dict of tensors", f"{type(error).__name__}: {str(error).partition(chr(10))[0]}",
            "Save it with torch.save(model.state_dict(), …).",
        ) from error  # fmt: skip
    for key in ("state_dict", "model_state_dict", "model"):
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
    if not isinstance(content, dict) or not all(isinstance(v, torch.Tensor) for v in content.values()):
        raise FileFormatError(
            str(path), "a state dict of tensors", type(content).__name__,
            "Save it with torch.save(model.state_dict(), …).",
        )  # fmt: skip
    return {
        name.removeprefix("module."): tensor.float().numpy()
        for name, tensor in content.items()
        if not name.endswith("num_batches_tracked")
    }


def scheme_of(application: Any, values: Values, path: Path, name: str | None) -> Scheme:
    """Return the names that a state dict uses.

    Raises:
        FileFormatError: It is of another architecture, or none of this family can be read.
    """
    known = schemes(application, name)
    if not known:
        raise FileFormatError(
            f"{path} into {application.title}", "an architecture with the same network in PyTorch",
            f"{application.title}, for which no names are known", "Convert the file to Keras's format.",
        )  # fmt: skip
    for scheme in known:
        if scheme.marker in values:
            return scheme
    raise FileFormatError(
        f"{path} into {application.title}", f"an entry {' or '.join(repr(s.marker) for s in known)}",
        f"{len(values)} entries, such as {next(iter(values), None)!r}", "The file is of another architecture.",
    )  # fmt: skip


def load_state_dict(model: Any, path: Path, values: Values, scheme: Scheme) -> None:
    """Assign a state dict's values to a model's variables: all of them or none.

    Args:
        model: A model of the architecture.
        path: The file, for messages.
        values: What is in the file.
        scheme: The names that it uses.

    Raises:
        ShapeError: Entries are missing, left over, or of other shapes.
    """
    plan: list[tuple[Any, np.ndarray[Any, Any]]] = []
    used: set[str] = set()
    problems: list[str] = []
    for layer in _leaves(model):
        if not layer.weights:
            continue
        if type(layer).__name__ == "Normalization":
            plan += zip(layer.weights, (_MEAN, _DEVIATION**2, np.zeros(())), strict=False)
            continue
        prefix = scheme.prefix(layer.name)
        entries = {key: values.get(key) for key in _keys(prefix, layer)} if prefix else {}
        used |= entries.keys()
        found: dict[str, Any] = {key: value for key, value in entries.items() if value is not None}
        needed = [key for key in entries if key not in found and not _may_lack(key, layer)]
        if prefix is None or needed:
            problems.append(f"{layer.name}: no {', '.join(needed) or 'counterpart'}")
            continue
        new = _converted(layer, prefix, found, scheme.epsilon)
        for variable, value in zip(layer.weights, new, strict=True):
            if tuple(variable.shape) != value.shape:
                problems.append(f"{layer.name}: {tuple(variable.shape)}, the file has {value.shape}")
            plan.append((variable, value))
    left = [key for key in values if key not in used and not (_is_head(key) and not _has_head(model, scheme))]
    problems += [f"nothing takes {key}" for key in left]
    if problems:
        shown = "; ".join(problems[:5]) + (f"; and {len(problems) - 5} more" if len(problems) > 5 else "")
        raise ShapeError(
            f"{path} into {model.name}", "the same layers with the same shapes", shown,
            "Nothing was loaded. Build the architecture, with the classes, that the file is of.",
        )  # fmt: skip
    for variable, value in plan:
        variable.assign(value)


def _leaves(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _leaves(layer)
        else:
            yield layer


def _keys(prefix: str, layer: Any) -> list[str]:
    kind = type(layer).__name__
    if kind == "LayerScale":
        return [prefix]
    ends = ["weight", "bias"]
    if kind == "BatchNormalization":
        ends += ["running_mean", "running_var"]
    return [f"{prefix}.{end}" for end in ends]


def _may_lack(key: str, layer: Any) -> bool:
    """Return whether an entry may be missing: a bias that is zero then, or one the layer doesn't have either."""
    return key.endswith(".bias") and type(layer).__name__.endswith(("Conv2D", "Dense"))


def _converted(layer: Any, prefix: str, found: Values, epsilon: float) -> list[np.ndarray[Any, Any]]:
    """Return the values of a layer's variables, in their order."""
    kind = type(layer).__name__
    if kind == "LayerScale":
        return [found[prefix].reshape(-1)]
    weight, bias = found[f"{prefix}.weight"], found.get(f"{prefix}.bias")
    if kind == "BatchNormalization":
        mean, variance = found[f"{prefix}.running_mean"], found[f"{prefix}.running_var"]
        # The factor makes up for another epsilon, so that inference gives the same.
        weight = weight * np.sqrt((variance + layer.epsilon) / (variance + epsilon))
        assert bias is not None
        return [weight, bias, mean, variance]
    if kind == "DepthwiseConv2D":
        kernel = weight.transpose(2, 3, 0, 1)
    elif kind == "Conv2D":
        weight = weight.reshape(*weight.shape, *(1,) * (4 - weight.ndim))  # a dense layer per pixel
        kernel = weight.transpose(2, 3, 1, 0)
    elif kind == "Dense":
        kernel = weight.reshape(weight.shape[:2]).T
        if layer.name == "fc1":  # after Flatten, which goes through pixels here and through channels there
            pixels = kernel.shape[0] // 512
            kernel = kernel.reshape(512, pixels, -1).transpose(1, 0, 2).reshape(kernel.shape)
    else:
        kernel = weight
    if not getattr(layer, "use_bias", True):
        return [kernel]
    return [kernel, np.zeros(kernel.shape[-1], kernel.dtype) if bias is None else bias]


def _is_head(key: str) -> bool:
    return key.startswith(_HEADS)


def _has_head(model: Any, scheme: Scheme) -> bool:
    return any(_is_head(f"{scheme.prefix(layer.name)}.") for layer in model.layers if layer.weights)
