"""The program ``corne``: its own commands and those that plugins add."""

from __future__ import annotations

import json
import sys
import sysconfig
import warnings
from pathlib import Path
from typing import TextIO

import click
from corne._version import __version__
from corne.errors import CorneError


class Program(click.Group):
    """A group whose commands plugins can't replace."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command under an unused name."""
        wanted = name or cmd.name
        if wanted in self.commands:
            raise ValueError(f"the command {wanted!r} exists already; add yours under another name")
        super().add_command(cmd, name)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="corne")
def cli() -> None:
    """Corne, a deep-learning framework assembled from plugins."""


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def doctor(as_json: bool) -> None:
    """Report the state of Corne on this machine; exit with 1 if something is wrong."""
    from corne_cli.doctor import examine, show

    report = examine()
    if as_json:
        click.echo(json.dumps(report.as_dict(), indent=2))
    else:
        show(report)
    sys.exit(1 if report.troubles else 0)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def inspect(file: Path, as_json: bool) -> None:
    """Show the contents of FILE without building anything; exit with 1 if something is suspicious."""
    from corne_cli.inspect import show
    from corne_cli.inspection import examine_in_subprocess

    report = examine_in_subprocess(file)
    if as_json:
        click.echo(json.dumps(report.as_dict(), indent=2))
    else:
        show(report)
    sys.exit(0 if report.clean else 1)


@cli.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace TARGET if it exists.")
@click.option(
    "--import", "modules", multiple=True, help="A module of yours that registers classes the model needs."
)
@click.option(
    "--architecture",
    help="The architecture of SOURCE's weights, such as ResNet50; PyTorch's state dicts need it.",
)
def convert(
    source: Path, target: Path, overwrite: bool, modules: tuple[str, ...], architecture: str | None
) -> None:
    """Convert SOURCE to TARGET, in the format of TARGET's extension.

    Whole models: .keras, and what plugins read and write. Weights: .weights.h5, .safetensors, .npz.
    """
    from importlib import import_module

    from corne_cli.conversion import convert as run

    for module in modules:
        sys.path.insert(0, "")  # a program's script does not search the current folder
        try:
            import_module(module)
        except Exception as error:
            raise click.BadParameter(
                f"{module}: {type(error).__name__}: {error}", param_hint="--import"
            ) from error
    if architecture is None:
        contents = run(source, target, overwrite)
    else:
        from corne.plugins import registry

        application = registry.get("applications", architecture)
        if not hasattr(application, "convert"):
            raise click.BadParameter(f"{architecture} has no convert()", param_hint="--architecture")
        contents = application.convert(source, target, overwrite)
    click.echo(f"Wrote {target}: {contents}, {target.stat().st_size:,} bytes")


@cli.group(name="plugins")
def plugins_group() -> None:
    """List plugins, create a new one, write type stubs."""


@plugins_group.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def list_plugins(as_json: bool) -> None:
    """Show every installed plugin: version, interface, status, and what it registers."""
    from corne_cli import listing

    if as_json:
        click.echo(json.dumps(listing.as_dicts(), indent=2))
    else:
        listing.show()


@plugins_group.command()
@click.argument("name")
@click.option("--layer", help="Name of the first layer. Default: the last word of NAME.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    help="Parent of the new folder NAME. Default: here.",
)
def new(name: str, layer: str | None, output: Path) -> None:
    """Create a working plugin package called NAME, such as acme-scale."""
    from corne_cli.new import write_package

    folder = write_package(name, layer, output)
    click.echo(f"Wrote {folder}. Try it:\n  pip install -e '{folder}[test]'\n  pytest '{folder}'")


@plugins_group.command()
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the stub package corne-stubs. Default: this environment's site-packages.",
)
@click.option("--first-party", is_flag=True, help="Rewrite Corne's own stubs instead (for its developers).")
def stubs(output: Path | None, first_party: bool) -> None:
    """Write type stubs, so that editors and type checkers know all installed plugins."""
    from corne_cli import stubs as writer

    if first_party:
        import corne.plugins

        files = writer.write_own(output or Path(corne.plugins.__file__).parents[1])
    else:
        files = writer.write_stub_package(output or Path(sysconfig.get_path("purelib")))
    for file in files:
        click.echo(file)


def run() -> None:
    """Let plugins add their commands, then run the command line."""
    from corne.plugins import hook

    with warnings.catch_warnings():
        if not sys.warnoptions:
            warnings.simplefilter("default")
        warnings.showwarning = _show_warning
        try:
            hook.corne_commands(cli=cli)
            cli(standalone_mode=False)
        except click.Abort:
            click.echo("Aborted.", err=True)
            sys.exit(1)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except CorneError as error:
            click.echo(f"corne: {error}", err=True)
            sys.exit(1)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    click.echo(f"corne: {message}", err=True)
