# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off
