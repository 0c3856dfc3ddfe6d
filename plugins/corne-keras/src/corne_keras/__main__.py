"""Run a program written for Keras 3 on Corne: ``python -m corne_keras script.py`` or ``-m corne_keras -m module``."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from corne_keras.guests.install import install

_USAGE = """usage: python -m corne_keras [-h] (script.py | -m module) [argument ...]

Run a program written for Keras 3 on Corne. "import keras" gives Corne in this process."""


def main(arguments: list[str]) -> int:
    """Run the program with the arguments after it as ``sys.argv``."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_USAGE)
        return 0 if arguments else 2
    install()
    if arguments[0] == "-m":
        if len(arguments) < 2:
            print(_USAGE)
            return 2
        sys.argv[:] = arguments[1:]
        sys.path[0] = ""  # as Python does for -m
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        script = Path(arguments[0])
        if not script.exists():
            print(f"python -m corne_keras: no such file: {script}", file=sys.stderr)
            return 2
        sys.argv[:] = arguments
        sys.path[0] = str(script.resolve().parent)
        runpy.run_path(str(script), run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
