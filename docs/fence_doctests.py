"""A griffe extension: doctests in docstrings become code blocks of the reference."""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension

_DOCTEST = re.compile(r"^(>>> .*(?:\n(?!\s*$).*)*)", re.MULTILINE)


class FenceDoctests(Extension):
    """Put each run of lines from ``>>>`` to the next blank line into a fence."""

    def on_instance(self, *, obj: Any, **kwargs: Any) -> None:
        """Change the docstring of a module, class or function."""
        if obj.docstring is not None:
            obj.docstring.value = _DOCTEST.sub(r"```pycon\n\1\n```", obj.docstring.value)
