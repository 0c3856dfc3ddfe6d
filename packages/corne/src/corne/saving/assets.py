"""Files that layers keep beside their weights: vocabularies, tables, dictionaries.

A layer with ``save_assets(folder)`` writes any files and folders into that folder. A
saved model holds them as ``assets/<the layer's path>/...``, as Keras does. ``load_assets(folder)``
reads them from a temporary folder that lasts for the call.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corne.errors import CorneError, FileFormatError, StateError
from corne.saving.member_writer import MemberWriter
from corne.saving.members import Members
from corne.saving.tensors import walk

FOLDER = "assets"
_MOST_NAME_BYTES = 255


def save_assets(model: Any, writer: MemberWriter) -> None:
    """Write the assets of every layer that has ``save_assets``.

    Raises:
        StateError: A layer writes something other than files and folders, or two layers write the same name.
    """
    for path, item in walk(model):
        if hasattr(item, "save_assets"):
            with tempfile.TemporaryDirectory(prefix="corne-assets-") as folder:
                item.save_assets(folder)
                for name in _written(folder, item):
                    writer.add_file("/".join(filter(None, (FOLDER, path, name))), Path(folder, name))


def _written(folder: str, item: Any) -> Iterator[str]:
    """Yield the relative path of each file, sorted."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted([*files, *(f for f in folders if Path(place, f).is_symlink())]):
            path = Path(place, name)
            if path.is_symlink() or not path.is_file():
                raise StateError(
                    f"{item.name}.save_assets(…)", "files and folders", f"{name!r}, a link or a device",
                    "Write a copy of the file it points to.",
                )  # fmt: skip
            yield path.relative_to(folder).as_posix()


def load_assets(model: Any, members: Members) -> None:
    """Call ``load_assets`` on every layer that has assets in the file.

    Args:
        model: A model built from the file's configuration; its weights are loaded afterwards, since assets
            may determine their number.
        members: The file.

    Raises:
        FileFormatError: A name leads out of the folder or collides with another, or a layer can't read its
            assets.
    """
    names = [name for name in members.names if name.startswith(f"{FOLDER}/") and not name.endswith("/")]
    owners = [(path, item) for path, item in walk(model) if hasattr(item, "load_assets")] if names else []
    if not owners:
        return
    _check_names(names, members.where)
    with tempfile.TemporaryDirectory(prefix="corne-assets-") as root:
        for name in names:
            target = Path(root, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            members.extract(name, target)
        for path, item in owners:
            folder = Path(root, FOLDER, path)
            if folder.is_dir():
                _load(item, str(folder), "/".join(filter(None, (members.where, FOLDER, path))))


def _load(item: Any, folder: str, where: str) -> None:
    try:
        item.load_assets(folder)
    except CorneError as error:
        error.add_note(f"while loading {where}")
        raise
    except Exception as error:  # a layer that reads corrupt files can raise anything
        raise FileFormatError(
            where, f"assets that {item.name} ({type(item).__name__}) can read", f"{type(error).__name__}: {error}",
            "The file is corrupt, or written by another version of the class.",
        ) from error  # fmt: skip


def _check_names(names: list[str], where: str) -> None:
    """Refuse names that lead out of the folder, that collide, or that some system doesn't allow."""
    files = Counter(name.casefold() for name in names)
    above = {
        "/".join(parts[:end]) for name in files for parts in [name.split("/")] for end in range(1, len(parts))
    }
    for name in names:
        parts = name.split("/")
        if any(part.strip(". ") == "" or not part.isprintable() or set(part) & set("\\:") for part in parts):
            problem = "a path inside the folder"
        elif max(len(part.encode(errors="replace")) for part in parts) > _MOST_NAME_BYTES:
            problem = f"names of at most {_MOST_NAME_BYTES} bytes"
        elif name.casefold() in above or files[name.casefold()] > 1:
            problem = "a name that no other file or folder has"
        else:
            continue
        raise FileFormatError(
            f"{where}:{name[:300]}", problem, repr(name[:300]), "The file is corrupt or malicious."
        )
