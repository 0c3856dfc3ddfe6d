"""The answer of ``importlib.metadata`` about Keras while Corne replaces it."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

from corne_keras.guests.interface import VERSION


class Distribution(metadata.Distribution):
    """A distribution named keras, of the version whose interface is covered, without files."""

    def read_text(self, filename: str) -> str | None:
        """Return the metadata."""
        return f"Metadata-Version: 2.1\nName: keras\nVersion: {VERSION}\n" if filename == "METADATA" else None

    def locate_file(self, path: Any) -> Path:
        """Return where a file of it would be."""
        return Path(__file__).parent / str(path)
