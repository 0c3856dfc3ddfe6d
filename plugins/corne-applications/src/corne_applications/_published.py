"""The official files of trained weights: names, addresses and hashes, as Keras publishes them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

_ROOT = "https://storage.googleapis.com/"


class Published(NamedTuple):
    """One file.

    Args:
        name: What it is called on disk.
        url: Where it lies.
        hash: Its MD5 or SHA-256; None where nobody published one.
    """

    name: str
    url: str
    hash: str | None


def published(title: str, variant: str, include_top: bool) -> Published | None:
    """Return the official file for an architecture, None if there is none.

    Args:
        title: The architecture, such as ``"MobileNetV2"``.
        variant: Which of several, such as ``"1.0_224"``, or empty.
        include_top: Whether the classifier is in it.

    >>> published("ResNet50", "", True).name
    'resnet50_weights_tf_dim_ordering_tf_kernels.h5'
    """
    row = _table().get(f"{title}-{variant}" if variant else title)
    if row is None:
        return None
    path, ending, with_top, without_top = row
    digest = with_top if include_top else without_top
    path = path.format("" if include_top else ending)
    # NASNet's files are kept under other names than they are published under.
    name = path.rpartition("/")[2]
    if name.startswith("NASNet"):
        name = name.lower().replace("-", "_")
    return Published(name, _ROOT + path, None if digest == "-" else digest)


def titles() -> set[str]:
    """Return the architectures with official files."""
    return {key.partition("-")[0] for key in _table()}


@cache
def _table() -> dict[str, list[str]]:
    lines = (files("corne_applications") / "published.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {key: row for key, *row in (line.split("\t") for line in lines)}
