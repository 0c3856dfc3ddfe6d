"""What Corne says to the user beside warnings and errors."""

from __future__ import annotations

import logging

from corne import config


def message(text: str) -> None:
    """Print a line; with interactive logging disabled hand it to the logger "corne" instead.

    Args:
        text: The line.

    >>> message("Epoch 1/2")
    Epoch 1/2
    """
    if config.is_interactive_logging_enabled():
        print(text)
    else:
        logging.getLogger("corne").info(text)
