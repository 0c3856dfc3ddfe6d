"""Unpacking archives that a stranger may have made."""

from __future__ import annotations

import shutil
import stat
import tarfile
import tempfile
import zipfile
from pathlib import Path

from corne.errors import FileFormatError
from corne.saving.read_errors import wrap_read_errors

ARCHIVES = ("tar", "zip")
#: Factor between the bytes of an archive and those inside above which it is taken for one made to fill the disk.
_MOST_EXPANSION = 1000


def extract_archive(path: Path, target: Path, formats: tuple[str, ...]) -> Path:
    """Unpack an archive into a folder that is whole or absent.

    Args:
        path: The archive.
        target: The folder. If it exists and is newer than the archive, it is taken for unpacked.
        formats: Of ``"tar"`` and ``"zip"`` those to try.

    Returns:
        The folder; ``path`` itself if no format is to be tried.

    Raises:
        FileFormatError: Not such an archive, a corrupt one, or one that would write outside of the folder.
    """
    if not formats:
        return path
    if target.is_dir() and target.stat().st_mtime >= path.stat().st_mtime:
        return target
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as name:
        folder = Path(name) / "content"
        folder.mkdir()
        if "tar" in formats and tarfile.is_tarfile(path):
            _unpack_tar(path, folder)
        elif "zip" in formats and zipfile.is_zipfile(path):
            _unpack_zip(path, folder)
        else:
            raise FileFormatError(
                str(path),
                f"a {' or '.join(formats)} archive",
                "something else",
                "Pass extract=False, or check origin.",
            )
        if target.exists():
            shutil.rmtree(target)
        folder.replace(target)
    target.touch()
    return target


def _unpack_tar(path: Path, folder: Path) -> None:
    with wrap_read_errors(str(path), "a tar archive"), tarfile.open(path) as archive:
        members = archive.getmembers()
        _check_size(path, sum(member.size for member in members))
        archive.extractall(
            folder, members, filter="data"
        )  # refuses what leads out of the folder, and devices


def _unpack_zip(path: Path, folder: Path) -> None:
    with wrap_read_errors(str(path), "a zip archive"), zipfile.ZipFile(path) as archive:
        _check_size(path, sum(member.file_size for member in archive.infolist()))
        root = folder.resolve()
        for member in archive.infolist():
            inside = (root / member.filename).resolve()
            if not inside.is_relative_to(root) or stat.S_ISLNK(member.external_attr >> 16):
                raise FileFormatError(
                    f"{path}:{member.filename}", "files inside the archive's own folder", "one outside, or a link",
                    "Such archives are refused.",
                )  # fmt: skip
        archive.extractall(folder)


def _check_size(path: Path, declared: int) -> None:
    stored = path.stat().st_size
    if declared > 64 * 2**20 and declared > _MOST_EXPANSION * stored:
        raise FileFormatError(
            str(path), f"at most {_MOST_EXPANSION} times the archive's {stored} bytes", f"{declared} bytes",
            "The archive is made to fill the disk; if it isn't, unpack it by hand.",
        )  # fmt: skip
