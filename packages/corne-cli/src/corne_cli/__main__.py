"""``python -m corne_cli``, for an environment whose scripts are not on the path."""

from corne_cli import main

main()
