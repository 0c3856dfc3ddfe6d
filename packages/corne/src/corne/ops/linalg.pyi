# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne.ops.products import norm as norm
from corne.ops.products import qr as qr
from corne_numerics.jvp import jvp as jvp
from corne_numerics.linalg import cholesky as cholesky
from corne_numerics.linalg import cholesky_inverse as cholesky_inverse
from corne_numerics.linalg import det as det
from corne_numerics.linalg import eig as eig
from corne_numerics.linalg import eigh as eigh
from corne_numerics.linalg import inv as inv
from corne_numerics.linalg import matrix_rank as matrix_rank
from corne_numerics.linalg import pinv as pinv
from corne_numerics.linalg import svd as svd
from corne_numerics.systems import lstsq as lstsq
from corne_numerics.systems import lu_factor as lu_factor
from corne_numerics.systems import solve as solve
from corne_numerics.systems import solve_triangular as solve_triangular
