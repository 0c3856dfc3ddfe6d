# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne.datasets import boston_housing as boston_housing
from corne.datasets import california_housing as california_housing
from corne.datasets import fashion_mnist as fashion_mnist
from corne.datasets import mnist as mnist
