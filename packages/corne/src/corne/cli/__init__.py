"""The command line: ``corne plugins list``, ``corne plugins new``, ``corne plugins stubs``, ``corne doctor``."""

from __future__ import annotations


def main() -> None:
    """Run the program ``corne``. Click and everything behind it is imported here, not before."""
    from corne.cli.app import run

    run()
