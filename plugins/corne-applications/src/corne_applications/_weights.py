"""The argument ``weights``: which file it means, and the way from the file into the model."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corne import config
from corne.errors import ArgumentError, MissingPluginError, nearest
from corne.plugins import registry

from corne_applications._published import published

if TYPE_CHECKING:
    from corne import Model

    from corne_applications.application import Application, Options

WeightsArgument = str | os.PathLike[str] | None

_TORCH = (".pth", ".pt", ".bin")


def find_weights(title: str, options: Options, variant: str = "") -> Path | None:
    """Return the file that ``weights`` means, fetched if need be; None for random weights.

    A plugin's weights of that name (hook ``corne_weights``) go before the official ones.

    Args:
        title: The architecture.
        options: What was asked for.
        variant: Which of the official files, where an architecture has several.

    Raises:
        ArgumentError: Neither None, a known name nor an existing file.
        DownloadError: The file can't be fetched.
    """
    weights = options.weights
    if weights is None:
        return None
    if isinstance(weights, str):
        key = f"{title}/{weights}" + (f"-{variant}" if variant else "")
        if key in registry.names("weights"):
            locate: Callable[[], Any] = registry.get("weights", key)
            return Path(locate())
        if weights == "imagenet":
            return _official(title, variant, options.include_top)
    path = Path(weights).expanduser()
    if path.is_file():
        return path
    names = [
        "imagenet",
        *(name.partition("/")[2] for name in registry.names("weights") if name.startswith(f"{title}/")),
    ]
    raise ArgumentError(
        f"{title}(weights=…)", f"None, one of {', '.join(sorted(set(names)))}, or the path of a file",
        repr(str(weights)), f"No such file.{nearest(str(weights), names)}",
    )  # fmt: skip


def _official(title: str, variant: str, include_top: bool) -> Path:
    file = published(title, variant, include_top)
    if file is None:
        of = f"{title} {variant}".strip()
        raise ArgumentError(
            f"{title}(weights='imagenet')", "an architecture with published weights", of,
            f"Pass weights=None or a file{_provider_advice(title)}.",
        )  # fmt: skip
    try:
        from corne_data.download import get_file
    except ModuleNotFoundError:
        raise MissingPluginError(
            f"{title}(weights='imagenet')", "corne-data", "not installed", "pip install corne-data"
        ) from None
    return Path(
        get_file(file.name, file.url, file_hash=file.hash, cache_subdir="models", cache_dir=config.home())
    )


def _provider_advice(title: str) -> str:
    return f", or pip install a package that provides '{title}/imagenet'"


class Source:
    """A file of weights for a model that is still to be built.

    Args:
        application: The architecture.
        path: The file: Keras's, Corne's, or a PyTorch state dict of the same architecture.
        name: The model's name.

    Attributes:
        symmetric: Whether the network must pad strided convolutions equally on both sides.

    Raises:
        FileFormatError: A state dict is corrupt or of another architecture.
    """

    def __init__(self, application: Application, path: Path, name: str | None) -> None:
        self.application = application
        self.path = path
        self.symmetric = False
        self._values: Any = None
        if path.name.lower().endswith(_TORCH):
            from corne_applications.torch_weights import read_state_dict, scheme_of

            self._values = read_state_dict(path)
            self._scheme = scheme_of(application, self._values, path, name)
            self.symmetric = self._scheme.symmetric

    def load(self, model: Model) -> None:
        """Read the weights into the model: all of them or none.

        Raises:
            ShapeError: The file is of another architecture.
            FileFormatError: The file is corrupt.
        """
        if self._values is not None:
            from corne_applications.torch_weights import load_state_dict

            load_state_dict(model, self.path, self._values, self._scheme)
            return
        from corne_applications._old_files import load_old_file

        if not load_old_file(model, self.application.title, self.path):
            model.load_weights(self.path)
