"""``python -m corne`` runs the command ``corne``, which the package corne-cli provides."""

import sys

try:
    from corne_cli import main
except ModuleNotFoundError as error:
    if error.name != "corne_cli":
        raise
    sys.exit("corne: the command is provided by corne-cli, which is not installed: pip install corne-cli")

main()
