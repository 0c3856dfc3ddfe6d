"""HDF5 files before their library reads them: damaged ones can lead it into endless loops, or crash it.

Of 2,000 damaged files without a sum, 2 never came back from reading an attribute (HDF5 1.14).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from corne.errors import FileFormatError
from corne.saving import checksums

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_SUPERBLOCK_BYTES = 56
#: The longest that looking through a file may take: seconds, and bytes a second more for its size.
MOST_SECONDS, BYTES_A_SECOND = 60.0, 20 * 2**20


def check(path: Path, seconds: float = MOST_SECONDS) -> None:
    """Make sure that reading the file ends.

    If the file has a sum at its end, as those that Corne writes, it must be right. Others are gone through in
    a process of its own first, which takes 0.2 seconds. Where none can be started, and in an application that
    is frozen into one program, that is left out.

    Args:
        path: An HDF5 file.
        seconds: The longest that may take, besides a second for each 20 MiB. Default 60.

    Raises:
        FileFormatError: It has another sum, or is shorter than it says; or looking through it takes too long,
            or crashes.
    """
    if checksums.check_seal(path) or getattr(sys, "frozen", False) or not sys.executable:
        return
    _check_end(path)
    program = Path(__file__).with_name("hdf5_walk.py")
    allowed = seconds + path.stat().st_size / BYTES_A_SECOND
    try:
        run = subprocess.run(
            [sys.executable, "-P", program, path, str(allowed)],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=allowed, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _refusal(path, f"none after {allowed:.0f} seconds") from None
    except OSError:
        return  # no more processes, or none at all, in this place
    if run.returncode < 0:
        raise _refusal(path, f"a crash of HDF5's library, signal {-run.returncode}")
    if b"MemoryError" in run.stderr:
        raise _refusal(path, "a need for more than 4 GB to look at it")


def _check_end(path: Path) -> None:
    """Refuse a file that is shorter than its first block says: the commonest damage, found without a process.

    Source: HDF5 File Format Specification 3.0, II.A, https://docs.hdfgroup.org/hdf5/develop/_f_m_t3.html
    """
    with path.open("rb") as file:
        start = file.read(_SUPERBLOCK_BYTES)
    version = start[8] if len(start) == _SUPERBLOCK_BYTES and start.startswith(SIGNATURE) else -1
    if version not in (0, 1, 2, 3):
        return  # begins elsewhere, or is of a later kind
    first, size = {0: (24, start[13]), 1: (28, start[13])}.get(version, (12, start[9]))
    base, _, end = (start[first + i * size : first + (i + 1) * size] for i in range(3))
    expected, given = int.from_bytes(end, "little"), path.stat().st_size
    if not any(base) and given < expected:
        raise FileFormatError(
            str(path), f"{expected} bytes, as the file says", f"{given}",
            "The file was cut off, in a download perhaps. Use another copy.",
        )  # fmt: skip


def _refusal(path: Path, given: str) -> FileFormatError:
    return FileFormatError(
        str(path), "an end of looking through the file", given, "The file is damaged or made to do harm."
    )
