"""The command line: ``corne doctor``, ``corne inspect``, ``corne convert``, ``corne plugins``."""

from __future__ import annotations


def main() -> None:
    """Run the command ``corne``. Imports click and everything behind it only now."""
    from corne_cli.app import run

    run()
