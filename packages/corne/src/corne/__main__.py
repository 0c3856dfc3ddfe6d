"""``python -m corne`` runs the command ``corne``, which the package corne-cli provides."""

import sys


def main() -> None:
    """Run the command, or say which package to install."""
    try:
        from corne_cli import main as run
    except ModuleNotFoundError as error:
        if error.name != "corne_cli":
            raise
        sys.exit("corne: the command is provided by corne-cli, which is not installed: pip install corne-cli")
    run()


if __name__ == "__main__":
    main()
