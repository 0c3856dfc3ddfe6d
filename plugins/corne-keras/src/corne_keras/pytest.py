"""A pytest plugin: ``pytest -p corne_keras.pytest`` runs a test suite written for Keras 3 on Corne."""

from __future__ import annotations

from typing import Any

from corne_keras.guests.install import install, report

install()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """List the names that the tests requested and Corne lacks."""
    missing = report()["missing"]
    if missing:
        terminalreporter.section("names of Keras that Corne lacks")
        for name, who in sorted(missing.items()):
            terminalreporter.line(f"{name}  (first requested by {who})")
