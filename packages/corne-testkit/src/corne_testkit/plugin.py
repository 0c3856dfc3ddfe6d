"""The pytest plugin: the ``backend`` fixture and the option that restricts it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--corne-backends",
        default="",
        help="Comma-separated backends to test on. Default: every one that is installed and can run.",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", backend_names(metafunc.config), indirect=True)


def backend_names(config: pytest.Config) -> list[str]:
    """Return the backends to test on."""
    import corne.backend

    usable = [name for name, reason in corne.backend.available().items() if reason is None]
    wanted = [name for name in config.getoption("--corne-backends").split(",") if name]
    unknown = sorted(set(wanted) - set(usable))
    if unknown:
        raise pytest.UsageError(f"--corne-backends: {unknown} can't run here; {sorted(usable)} can.")
    return wanted or usable


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Run the test once on each backend; the value is the Backend."""
    import corne.backend

    with corne.backend.use(request.param) as active:
        yield active
