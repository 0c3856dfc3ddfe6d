"""What can go wrong with a file from elsewhere.

DownloadError   also OSError      it can't be fetched
└── HashError   also ValueError   it is not the file that was meant
"""

from __future__ import annotations

from corne.errors import CorneError


class DownloadError(CorneError, OSError):
    """A file can't be fetched; what was there before is untouched."""


class HashError(DownloadError, ValueError):
    """A file is not the one that was meant: its hash is another."""
