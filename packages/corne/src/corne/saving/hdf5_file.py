"""Check HDF5 files before the library reads them: corrupt ones can send it into endless loops or crash it.

Of 2,000 corrupt files without a sum, 2 never returned from reading an attribute (HDF5 1.14).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from corne.errors import FileFormatError
from corne.saving import checksums

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_SUPERBLOCK_BYTES = 56
#: Time limit of the structure scan, in seconds, plus one second for this many bytes.
MOST_SECONDS, BYTES_A_SECOND = 60.0, 20 * 2**20


def check(path: Path, seconds: float = MOST_SECONDS) -> None:
    """Ensure that reading the file terminates.

    If the file has a sum at its end, as those that Corne writes do, the sum must be right. Other files are
    scanned in a separate process first, which takes 0.2 seconds. The scan is skipped where no process can be
    started and in frozen applications.

    Args:
        path: An HDF5 file.
        seconds: Time limit of the scan, plus one second per 20 MiB. Default 60.

    Raises:
        FileFormatError: The sum differs, the file is shorter than it declares, or the scan crashes or exceeds
            its limit.
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
        raise _refusal(path, f"no result after {allowed:.0f} s") from None
    except OSError:
        return  # processes are unavailable here
    if run.returncode < 0:
        raise _refusal(path, f"a crash of the HDF5 library, signal {-run.returncode}")
    if b"MemoryError" in run.stderr:
        raise _refusal(path, "one that needs more than 4 GB")


def _check_end(path: Path) -> None:
    """Refuse a file that is shorter than its first block declares: the commonest damage.

    Source: HDF5 File Format Specification 3.0, II.A, https://docs.hdfgroup.org/hdf5/develop/_f_m_t3.html
    """
    with path.open("rb") as file:
        start = file.read(_SUPERBLOCK_BYTES)
    version = start[8] if len(start) == _SUPERBLOCK_BYTES and start.startswith(SIGNATURE) else -1
    if version not in (0, 1, 2, 3):
        return  # starts elsewhere, or has a later version
    first, size = {0: (24, start[13]), 1: (28, start[13])}.get(version, (12, start[9]))
    base, _, end = (start[first + i * size : first + (i + 1) * size] for i in range(3))
    expected, given = int.from_bytes(end, "little"), path.stat().st_size
    if not any(base) and given < expected:
        raise FileFormatError(
            str(path), f"{expected} bytes, as the file declares", f"{given}",
            "The file is truncated, perhaps by a download. Use another copy.",
        )  # fmt: skip


def _refusal(path: Path, given: str) -> FileFormatError:
    return FileFormatError(
        str(path), "the structure scan to finish", given, "The file is corrupt or malicious."
    )
