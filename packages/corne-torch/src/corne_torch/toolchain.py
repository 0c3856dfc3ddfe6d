"""Compilers on this machine."""

from __future__ import annotations

import os
import shlex
import shutil


def find_compiler(variable: str, *names: str) -> list[str] | None:
    """Return a compiler's command, its program as a path, or None if there is none.

    Args:
        variable: The environment variable that names it, such as ``"CC"``; it may hold options.
        *names: Programs to look for otherwise, the best first.
    """
    for name in (os.environ.get(variable, ""), *names):
        command = shlex.split(name)
        path = shutil.which(command[0]) if command else None
        if path:
            return [path, *command[1:]]
    return None
