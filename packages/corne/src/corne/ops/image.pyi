# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne.ops.resizing import resize as resize
