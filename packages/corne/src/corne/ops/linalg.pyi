# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne.ops.products import norm as norm
from corne.ops.products import qr as qr
