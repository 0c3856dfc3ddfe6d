"""The command line, run in this process on fake distributions."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from corne import config
from corne.plugins import discovery
from corne_cli import app

GOOD = '@hookimpl\ndef corne_layers():\n    return {"Scale": "acme_scale.scale:Scale"}\n'


@pytest.fixture
def corne(monkeypatch, capsys, tmp_path):
    """A function that runs the program with arguments and returns (exit code, stdout, stderr)."""
    monkeypatch.setenv("CORNE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    commands = app.cli.commands
    app.cli.commands = dict(commands)

    def run(*arguments):
        config.reload()
        monkeypatch.setattr(sys, "argv", ["corne", *arguments])
        try:
            app.run()
            code = 0
        except SystemExit as stop:
            code = stop.code
        streams = capsys.readouterr()
        return code, streams.out, streams.err

    yield run
    app.cli.commands = commands
    config.reload()


def test_version_and_help(corne, install):
    code, out, _ = corne("--version")
    assert (code, out.split()[:2]) == (0, ["corne,", "version"])
    code, out, _ = corne("--help")
    assert code == 0
    assert "doctor" in out
    assert "plugins" in out


def test_a_mistake_on_the_command_line_exits_with_2(corne, install):
    code, _, err = corne("plugin")
    assert code == 2
    assert "No such command" in err


def test_list_shows_status_and_problems(corne, install):
    install("acme-scale", GOOD, version="2.0")
    install("acme-bad", "1 / 0")
    install("acme-odd", GOOD.replace("corne_layers", "corne_layer"))
    code, out, _ = corne("plugins", "list")
    assert code == 0
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in out.splitlines() if line.split()}
    assert rows["acme-scale"] == "2.0 1 loaded 1 layer"
    assert rows["acme-bad"] == "1.0 failed nothing"
    assert rows["acme-odd"] == "1.0 1 loaded, 1 problem nothing"
    assert "acme-bad, import: ZeroDivisionError: division by zero" in out
    assert "Did you mean 'corne_layers'?" in out


def test_list_as_json(corne, install):
    install("acme-scale", GOOD)
    install("acme-thief", GOOD.replace("Scale", "Conv2D", 1))
    _, out, _ = corne("plugins", "list", "--json")
    scale, thief = json.loads(out)
    assert scale == {
        "name": "acme-scale",
        "version": "1.0",
        "entry_point": "acme_scale._plugin",
        "interface": 1,
        "status": "loaded",
        "registers": {"layers": ["Scale"]},
        "hooks": [],
        "problems": [],
    }
    assert "belongs to corne-conv" in thief["problems"][0]["message"]


def test_list_without_plugins_says_what_to_install(corne, install):
    assert 'pip install "corne[cpu]"' in corne("plugins", "list")[1]


def test_plugins_add_commands_but_do_not_replace_ours(corne, install):
    source = """
    import click

    @click.command()
    def {name}():
        click.echo("weighed")

    @hookimpl
    def corne_commands(cli):
        cli.add_command({name})
    """
    install("acme-scale", source.format(name="weigh"))
    assert corne("weigh") == (0, "weighed\n", "")
    install("acme-thief", source.format(name="doctor"))
    code, out, err = corne("--version")
    assert (code, out[:6]) == (0, "corne,")
    assert "Plugin acme-thief 1.0 failed in corne_commands" in err
    assert "the command 'doctor' exists already" in err
    assert app.cli.commands["doctor"] is app.doctor


def test_a_corne_error_is_one_line_and_exit_1(corne, install, monkeypatch):
    monkeypatch.setenv("CORNE_STRICT_PLUGINS", "1")
    install("acme-bad", "1 / 0")
    code, _, err = corne("plugins", "list")
    assert code == 1
    assert err.startswith("corne: plugin acme-bad 1.0, import: expected")


# -- doctor -------------------------------------------------------------------------------------------
BACKEND = """
from corne.backend import BackendSpec
from corne_numpy.spec import SPEC
TOY = BackendSpec("toy", {priority}, lambda: {reason!r}, SPEC.factory)
"""


@pytest.fixture
def toy(install, monkeypatch):
    """A function that installs a backend plugin "toy", which is corne-numpy's under another name."""
    from corne.backend import choice

    pytest.importorskip("corne_numpy.spec")
    monkeypatch.setattr(choice, "_started", {})
    monkeypatch.setattr(choice, "_chosen", None)
    monkeypatch.delenv("CORNE_BACKEND", raising=False)
    hook = '@hookimpl\ndef corne_backends():\n    return {"toy": "acme_toy.spec:TOY"}\n'

    def make(priority=1, reason=None):
        install("acme-toy", hook, modules={"spec": BACKEND.format(priority=priority, reason=reason)})

    return make


def test_doctor_explains_the_backend_and_is_content(corne, toy):
    toy()
    code, out, _ = corne("doctor", "--json")
    report = json.loads(out)
    assert report["troubles"] == []
    assert code == 0
    backends = report["sections"]["backends"]
    assert backends["toy"] == "priority 1, ok"
    assert backends["chosen"].endswith("the highest usable priority")
    assert backends["can train"] == "no"
    assert set(report["sections"]) == {
        "versions", "plugins", "settings", "backends", "kernels of plugins", "processor", "health checks",
    }  # fmt: skip
    code, out, _ = corne("doctor")
    assert code == 0
    assert "Nothing is wrong." in out


def test_doctor_tells_why_a_backend_was_asked_for(corne, toy, monkeypatch):
    toy()
    monkeypatch.setenv("CORNE_BACKEND", "toy")
    report = json.loads(corne("doctor", "--json")[1])
    assert "asked for by the environment variable CORNE_BACKEND" in report["sections"]["backends"]["chosen"]


def test_doctor_without_a_usable_backend_is_not(corne, toy):
    toy(reason="no luck today")
    code, out, _ = corne("doctor")
    assert code == 1
    assert "unavailable: no luck today" in out
    assert 'pip install "corne[cpu]"' in out


def test_doctor_shows_the_traceback_of_a_broken_plugin(corne, toy, install):
    toy()
    install("acme-bad", "1 / 0")
    code, out, _ = corne("doctor")
    assert code == 1
    assert "plugin acme-bad, import: ZeroDivisionError" in out
    assert "Traceback (most recent call last)" in out


@pytest.mark.parametrize(
    ("source", "trouble"),
    [
        ("return {'licence': lambda: 'expired'}", "licence: expired"),
        ("return {'licence': lambda: 1 / 0}", "licence: the check itself failed: ZeroDivisionError"),
    ],
)
def test_doctor_runs_health_checks(corne, toy, install, source, trouble):
    toy()
    install("acme-a", f"@hookimpl\ndef corne_health_checks():\n    {source}\n")
    code, out, _ = corne("doctor")
    assert code == 1
    assert trouble in out


def test_doctor_is_content_with_a_check_that_is(corne, toy, install):
    toy()
    install("acme-a", "@hookimpl\ndef corne_health_checks():\n    return {'licence': lambda: None}\n")
    code, out, _ = corne("doctor", "--json")
    assert code == 0
    assert json.loads(out)["sections"]["health checks"] == {"licence": "ok"}


def test_doctor_reports_conflicts_settings_and_unknown_disabled(corne, toy, install, monkeypatch):
    toy()
    install("acme-a", GOOD)
    install("acme-b", GOOD)
    monkeypatch.setenv("CORNE_DISABLE_PLUGINS", "acme-z")
    monkeypatch.setenv("CORNE_FLOATX", "double")
    discovery.forget()
    code, out, _ = corne("doctor")
    assert code == 1
    for trouble in (
        "layer Scale: several plugins register it",
        "CORNE_DISABLE_PLUGINS names acme-z, which is not installed",
        "environment variable CORNE_FLOATX: expected one of",
    ):
        assert trouble in out


def test_doctor_reports_a_first_party_plugin_of_another_series(corne, toy, install):
    toy()
    install("corne-conv", version="9.4.1", package="fake_conv")
    code, out, _ = corne("doctor")
    assert code == 1
    assert "plugin corne-conv 9.4.1 is of another series" in out


# -- new ----------------------------------------------------------------------------------------------
def test_new_writes_a_package(corne, install, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, _ = corne("plugins", "new", "Acme_Scale")
    assert code == 0
    folder = tmp_path / "acme-scale"
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {
        "pyproject.toml", "README.md", "src/acme_scale/__init__.py", "src/acme_scale/_plugin.py",
        "src/acme_scale/py.typed", "src/acme_scale/scale.py", "tests/test_scale.py",
    }  # fmt: skip
    assert not any("@" in path.read_text() for path in folder.rglob("*.toml"))
    assert "class Scale(Layer)" in (folder / "src/acme_scale/scale.py").read_text()
    for path in folder.rglob("*.py"):
        compile(path.read_text(), str(path), "exec")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["3d"], "starting with a letter"),
        (["acme scale!"], "letters, digits and hyphens"),
        (["corne-layers"], "an unused name"),
        (["json"], "acme-json"),
        (["acme-dense"], "a name that corne-layers does not use, got 'Dense'. Use --layer"),
        (["acme-x", "--layer", "scale"], "a class name such as Scale"),
    ],
)
def test_new_refuses_names_that_can_not_be(corne, install, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    code, _, err = corne("plugins", "new", *arguments)
    assert code == 1
    assert message in err
    assert list(tmp_path.glob("*/pyproject.toml")) == []


def test_new_refuses_a_folder_that_is_in_use(corne, install, tmp_path):
    (tmp_path / "acme-scale").mkdir()
    (tmp_path / "acme-scale/file").write_text("mine")
    code, _, err = corne("plugins", "new", "acme-scale", "--output", str(tmp_path))
    assert code == 1
    assert "a new or empty folder" in err


def test_python_m_corne_runs_the_command():
    run = subprocess.run(
        [sys.executable, "-m", "corne", "--version"], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("corne, version")


def test_python_m_corne_without_this_package_says_what_to_install():
    program = (
        "import runpy, sys; sys.modules['corne_cli'] = None; runpy.run_module('corne', run_name='__main__')"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "pip install corne-cli" in run.stderr


def test_kernels_are_listed_with_who_provides_them(corne, install):
    install("acme-fast", "@hookimpl\ndef corne_kernels():\n    return {'cpu:conv': 'acme_fast.conv:conv'}\n")
    _, out, _ = corne("plugins", "list")
    assert "acme-fast provides the kernel cpu:conv" in out
    _, out, _ = corne("doctor", "--json")
    assert json.loads(out)["sections"]["kernels of plugins"] == {"cpu:conv": "acme-fast"}


def test_doctor_warns_of_more_threads_than_cores(corne, install, monkeypatch):
    monkeypatch.setattr("corne_cli.doctor.available_cores", lambda: 1.5)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("MKL_NUM_THREADS", "2")
    _, out, _ = corne("doctor", "--json")
    (warning,) = json.loads(out)["warnings"]
    assert warning.startswith("OMP_NUM_THREADS asks for 3 threads, 1.5 cores are available")
