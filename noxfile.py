"""Everything that is run on Corne: ``python -m nox -s demo`` and ``python -m nox -s tests`` are the two to know."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from pathlib import Path

import nox

nox.options.sessions = ["tests"]
nox.options.reuse_existing_virtualenvs = True

ROOT = Path(__file__).parent
DIST = ROOT / "dist"
PROJECTS = sorted(
    path.parent for folder in ("packages", "plugins") for path in ROOT.glob(f"{folder}/*/pyproject.toml")
)
PLUGINS = [path.name for path in PROJECTS if path.parent.name == "plugins"]
NEEDS_TORCH = {"corne-torch", "corne-cpu", "corne-cuda"}
PYTEST = ["pytest>=8", "pytest-cov>=5", "hypothesis>=6.100"]
#: What the whole test suite reads besides Corne: real data, other array libraries.
TEST_DATA = ["scikit-learn>=1.4", "pandas>=2.2", "array-api-strict>=2.3", "safetensors>=0.4.3"]


def _pythons() -> dict[tuple[int, int], str]:
    """Return the path of every Python from 3.11 up on this machine, by version; none of them is started."""
    found = {sys.version_info[:2]: sys.executable}
    for path in sorted(Path.home().glob(".pyenv/versions/3.*/bin/python")):
        version = tuple(map(int, path.parts[-3].split(".")[:2]))
        found.setdefault(version, str(path))
    for minor in range(11, 20):
        # A shim of pyenv's is there for versions that are not enabled, too.
        path = shutil.which(f"python3.{minor}")
        if path and "shims" not in Path(path).parts:
            found.setdefault((3, minor), path)
    return {version: found[version] for version in sorted(found) if version >= (3, 11)}


PYTHONS = _pythons()
#: torch has a build on disk for this Python; others would download one of several GB.
PYTHON_311 = PYTHONS.get((3, 11), "3.11")


def _meta(name: str) -> dict:
    path = next(path for path in PROJECTS if path.name == name)
    return tomllib.loads((path / "pyproject.toml").read_text())["project"]


def _first_party(requirements: list[str]) -> list[str]:
    """Return the names of first-party packages among requirements."""
    names = [
        requirement.split(">")[0].split("[")[0].split("<")[0].split("=")[0].strip()
        for requirement in requirements
    ]
    return [name for name in names if name.startswith("corne")]


#: What "corne[numpy]" installs beside the backend: the packages of everyday use.
STANDARD = [
    name for name in _first_party(_meta("corne")["optional-dependencies"]["numpy"]) if name != "corne-numpy"
]


def _closure(names: list[str]) -> list[str]:
    """Return first-party packages with the first-party packages they need."""
    found: list[str] = []
    stack = list(names)
    while stack:
        name = stack.pop()
        if name not in found:
            found.append(name)
            stack.extend(_first_party(_meta(name)["dependencies"]))
    return found


def _wheels(session: nox.Session, names: list[str]) -> list[str]:
    """Return the built wheels of first-party packages; build those that are missing or stale."""
    wheels = []
    for name in names:
        project = next(path for path in PROJECTS if path.name == name)
        pattern = f"{name.replace('-', '_')}-*.whl"
        wheel = max(DIST.glob(pattern), key=lambda p: p.stat().st_mtime, default=None)
        newest = max(path.stat().st_mtime for path in project.rglob("*") if path.is_file())
        if wheel is None or wheel.stat().st_mtime < newest:
            _build(session, project, DIST, "--wheel")
            wheel = max(DIST.glob(pattern), key=lambda p: p.stat().st_mtime)
        wheels.append(str(wheel))
    return wheels


def _build(session: nox.Session, project: Path, out: Path, *kinds: str) -> None:
    """Build a project's distributions of some kinds (``--wheel``, ``--sdist``) into a folder."""
    command = ["python", "-m", "build", "--no-isolation", "--outdir", str(out), *kinds, str(project)]
    session.run(*command, silent=True)


def _install(session: nox.Session, names: list[str], *others: str) -> None:
    """Install first-party wheels (with what they need) and other packages."""
    session.install("build", "hatchling>=1.26")
    closure = _closure(names)
    constraints = ["-c", "constraints.txt"] if NEEDS_TORCH & set(closure) else []
    wheels = _wheels(session, closure)
    session.install(*wheels, *others, *constraints)
    # Of the same version as what an environment has, wheels would not be installed.
    session.install("--force-reinstall", "--no-deps", *wheels)


def _environment(**more: str) -> dict[str, str]:
    return {
        "OMP_NUM_THREADS": "2",
        "PYTHONPATH": "",
        "CORNE_HOME": str(ROOT / ".nox" / "no-settings"),
        **more,
    }


@nox.session(python=PYTHON_311)
def demo(session: nox.Session) -> None:
    """Train on real handwritten digits, save, load in a new process, and draw what happened."""
    _install(session, ["corne", "corne-cpu", "corne-visualization", *STANDARD], "scikit-learn>=1.4")
    out = Path(os.environ.get("CORNE_DEMO_OUTPUT", ROOT / "demo-output"))
    session.run("python", "examples/digits.py", "--output", str(out))


#: What ``nox -s tests`` runs, in this order.
CI = [
    "lint",
    "floors",
    "types",
    "build",
    "torch",
    "unit",
    "plugin",
    "third_party",
    "minimums",
    "docs",
    "demo",
]


@nox.session(python=False)
def tests(session: nox.Session) -> None:
    """Run everything that CI checks."""
    session.run(sys.executable, "-m", "nox", "-s", *CI, external=True)


@nox.session(python=list(PYTHONS.values()))
def unit(session: nox.Session) -> None:
    """Test the core and the plugins that need no torch, on every Python present."""
    names = ["corne", "corne-keras", "corne-numpy", "corne-safetensors", "corne-testkit", *STANDARD]
    _install(session, names, *PYTEST, *TEST_DATA)
    folders = [str(path / "tests") for path in PROJECTS if path.name in _closure(names)]
    session.run(
        "pytest",
        "-m",
        "not oracle and not cuda",
        *folders,
        *session.posargs,
        env=_environment(CORNE_BACKEND="numpy"),
    )


def _test_all(session: nox.Session, *options: str) -> None:
    _install(session, [path.name for path in PROJECTS], *PYTEST, *TEST_DATA, "tensorboard>=2.16")
    folders = [str(path / "tests") for path in PROJECTS] + ["tests"]
    session.run("pytest", "-m", "not oracle", *options, *folders, *session.posargs, env=_environment())


@nox.session(python=PYTHON_311)
def torch(session: nox.Session) -> None:
    """Test everything together with torch."""
    _test_all(session)


@nox.session(python=PYTHON_311)
def coverage(session: nox.Session) -> None:
    """Test everything together with torch, and report which lines of the core the tests run; twice as slow."""
    _test_all(session, "--cov=corne", "--cov-report=term:skip-covered")


@nox.session(python=PYTHON_311, reuse_venv=False)
@nox.parametrize(
    "name", [name for name in PLUGINS if name != "corne-cuda"], ids=[n for n in PLUGINS if n != "corne-cuda"]
)
def plugin(session: nox.Session, name: str) -> None:
    """Install one plugin's wheel alone with only what it declares, look, then run its own tests."""
    _install(session, [name])
    session.run("python", "tests/alone.py", name, env=_environment())
    extra = _meta(name).get("optional-dependencies", {}).get("test", [])
    first = _first_party(extra)
    _install(session, [name, *first], *[r for r in extra if not r.startswith("corne")], *PYTEST)
    session.run("pytest", "-m", "not oracle", f"plugins/{name}/tests", *session.posargs, env=_environment())


@nox.session(python=PYTHON_311)
def minimums(session: nox.Session) -> None:
    """Test the core and the numpy backend against the lowest versions they declare."""
    names = ["corne", "corne-numpy", "corne-testkit", "corne-safetensors", *STANDARD]
    _install(session, names, *PYTEST, *TEST_DATA)
    lowest: dict[str, list[int]] = {}
    for name in _closure(names):
        for requirement in _meta(name)["dependencies"]:
            package, _, version = requirement.partition(">=")
            if not package.startswith("corne"):
                bound = [int(part) for part in version.split(".")]
                lowest[package] = max(bound, lowest.get(package, bound))
    session.install(
        *(f"{package}=={'.'.join(map(str, version))}" for package, version in sorted(lowest.items()))
    )
    folders = ["packages/corne/tests", "plugins/corne-numpy/tests", "plugins/corne-layers/tests"]
    session.run("pytest", "-m", "not oracle and not cuda", *folders, env=_environment(CORNE_BACKEND="numpy"))


@nox.session(python=PYTHON_311)
def third_party(session: nox.Session) -> None:
    """Build a stranger's plugin as a wheel, install it beside Corne's wheels, run it through the kit."""
    _install(session, ["corne", "corne-numpy", "corne-cpu", "corne-testkit", *STANDARD], *PYTEST)
    work = Path(session.create_tmp())
    example = ROOT / "examples" / "corne-example-layer"
    _build(session, example, work / "example", "--wheel")
    session.run("corne", "plugins", "new", "acme-generated", "--output", str(work), env=_environment())
    generated = work / "acme-generated"
    _build(session, generated, work / "generated", "--wheel")
    wheels = [*map(str, (work / "example").glob("*.whl")), *map(str, (work / "generated").glob("*.whl"))]
    session.install("--force-reinstall", "--no-deps", *wheels)
    session.run("corne", "plugins", "list", env=_environment())
    for folder in (example, generated):
        session.run(
            "pytest",
            "-c",
            str(folder / "pyproject.toml"),
            "--rootdir",
            str(folder),
            str(folder / "tests"),
            env=_environment(),
        )


@nox.session(python=PYTHON_311)
def fuzz(session: nox.Session) -> None:
    """Read files damaged in 1,000 fixed ways, then at random, then guided by coverage; count how each kind ended.

    The number of random files of each format can be given: ``nox -s fuzz -- 100000``. Default 5,000; coverage
    guides for a second of each hundred, where atheris installs. More arguments go to pytest, and nothing is
    guided then.
    """
    _install(session, ["corne", "corne-cpu", "corne-keras", "corne-testkit", *STANDARD], *PYTEST, *TEST_DATA)
    files, *more = session.posargs or ["5000"]
    tests = ["packages/corne-cli/tests/test_damaged_files.py", "plugins/corne-keras/tests/test_mutations.py"]
    environment = _environment(CORNE_BACKEND="cpu", CORNE_FUZZ=files)
    session.run("pytest", "-s", "--durations=0", *tests, *more, env=environment)
    if more or sys.platform != "linux":
        return
    session.install("atheris>=3")
    program, seconds = str(ROOT / "tests" / "fuzz_below_checksums.py"), max(5, int(files) // 100)
    session.chdir(session.create_tmp())  # where finds are left
    for target in ("text", "configuration", "archive", "directory", "array", "safetensors"):
        session.run("python", program, target, f"-max_total_time={seconds}", env=environment)


@nox.session(python=PYTHON_311)
def docs(session: nox.Session) -> None:
    """Run every example in docstrings and every code block of the documentation, then build the site."""
    names = [path.name for path in PROJECTS if path.name != "corne-cuda"]
    _install(
        session,
        names,
        *PYTEST,
        "sybil>=9",
        "array-api-strict>=2.3",
        "scikit-learn>=1.4",
        "safetensors>=0.4.3",
        "mkdocs-material>=9.5",
        "mkdocstrings-python>=1.10",
    )
    modules = [next((path / "src").iterdir()).name for path in PROJECTS if path.name in names]
    session.run("pytest", "-q", "--doctest-modules", "--pyargs", *modules, env=_environment())
    environment = _environment(PYTHONPATH=str(ROOT / "docs"))
    session.run("pytest", "-p", "doc_blocks", "README.md", "docs", *session.posargs, env=environment)
    session.run(
        "mkdocs", "build", "--strict", "--site-dir", str(Path(session.create_tmp()) / "site"), silent=True
    )


@nox.session(python=PYTHON_311)
def lint(session: nox.Session) -> None:
    """Check style, formatting, spelling, and that the change fragments render."""
    session.install("ruff>=0.8", "codespell>=2.3", "towncrier>=24.8")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    folders = [str(path / "src") for path in PROJECTS]
    session.run("codespell", *folders, "docs", "changes", *map(str, ROOT.glob("*.md")))
    session.run("towncrier", "build", "--draft", "--version", "next", silent=True)


@nox.session(python=False)
def dev(session: nox.Session) -> None:
    """Make ``.venv``: every package editable, and the tools. Edit, then run pytest; nothing is built."""
    folder = ROOT / ".venv"
    session.run(PYTHON_311, "-m", "venv", str(folder), external=True)
    python = str(
        next(path for path in (folder / "bin" / "python", folder / "Scripts" / "python.exe") if path.exists())
    )
    tools = ["hatchling>=1.26", "editables>=0.5", "ruff>=0.8", "mypy>=1.13", "basedpyright>=1.29", "import-linter>=2.1", "codespell>=2.3",
             "towncrier>=24.8", "pre-commit>=4", "pandas-stubs", "types-docutils", "sybil>=9"]  # fmt: skip
    install = [python, "-m", "pip", "install", "--quiet", "-c", str(ROOT / "constraints.txt")]
    session.run(*install, *tools, *PYTEST, *TEST_DATA, external=True)
    editable = [part for path in PROJECTS for part in ("--editable", str(path))]
    session.run(*install, "--no-build-isolation", *editable, external=True)
    session.log(f"Activate it, then try: pytest packages/corne/tests -x -q   ({folder})")


@nox.session(python=PYTHON_311)
def types(session: nox.Session) -> None:
    """Check types, strictly, in what is published."""
    names = [path.name for path in PROJECTS]
    _install(session, names, "mypy>=1.13", "pandas-stubs", "types-docutils", "array-api-strict>=2.3")
    session.run("mypy", *[str(path / "src") for path in PROJECTS])


@nox.session(python=PYTHON_311)
def floors(session: nox.Session) -> None:
    """Check that imports only go down the floors."""
    _install(session, [path.name for path in PROJECTS], "import-linter>=2.1")
    session.run("lint-imports", env=_environment())


@nox.session(python=PYTHON_311)
def build(session: nox.Session) -> None:
    """Build every wheel and sdist, and every wheel again from its sdist."""
    session.install("build", "hatchling>=1.26")
    shutil.rmtree(DIST, ignore_errors=True)
    for project in PROJECTS:
        _build(session, project, DIST, "--sdist", "--wheel")
    session.run("python", "tests/check_dist.py", str(DIST))


@nox.session(python=PYTHON_311)
def oracle(session: nox.Session) -> None:
    """Compare with Keras, value by value and gradient by gradient."""
    _install(session, [path.name for path in PROJECTS], *PYTEST, *TEST_DATA, "keras==3.15.1")
    folders = [str(path / "tests") for path in PROJECTS] + ["tests"]
    session.run("pytest", "-m", "oracle", *folders, *session.posargs, env=_environment(KERAS_BACKEND="torch"))


@nox.session(python=PYTHON_311)
def resume_trials(session: nox.Session) -> None:
    """Kill training at random instants, go on, and compare bit by bit."""
    _install(session, ["corne", "corne-cpu", *STANDARD])
    session.run("python", "tests/kill_and_resume.py", *session.posargs, env=_environment())


@nox.session(python=PYTHON_311)
def bench(session: nox.Session) -> None:
    """Time Corne against raw PyTorch and Keras, side by side in one run."""
    others = ["keras==3.15.1", "jax>=0.7", "tensorflow-cpu>=2.18", "scikit-learn>=1.4"]
    _install(session, ["corne", "corne-cpu", *STANDARD], *others)
    session.run("python", "-m", "benchmarks", *session.posargs)
