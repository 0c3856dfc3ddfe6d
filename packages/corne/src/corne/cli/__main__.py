"""``python -m corne.cli``, for an environment whose scripts are not on the path."""

from corne.cli import main

main()
