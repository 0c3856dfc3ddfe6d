# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_data.datasets.fashion_mnist import load_data as load_data
