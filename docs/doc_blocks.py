"""A pytest plugin: every Python block of the documentation is run, page by page, in a throw-away folder.

    PYTHONPATH=docs pytest -p doc_blocks README.md docs

``<!-- skip: next "reason" -->`` before a block says why it isn't.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser


def _enter(namespace):
    namespace["_home"], namespace["_folder"] = os.getcwd(), tempfile.TemporaryDirectory()
    os.chdir(namespace["_folder"].name)


def _leave(namespace):
    os.chdir(namespace["_home"])
    namespace["_folder"].cleanup()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    path=str(Path(__file__).parent.parent),
    patterns=["*.md"],
    setup=_enter,
    teardown=_leave,
).pytest()
