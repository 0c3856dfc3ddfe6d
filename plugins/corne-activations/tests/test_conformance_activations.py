"""What every activation function owes, of all of corne-activations."""

from __future__ import annotations

from corne_testkit import ActivationCase, ActivationConformance

_PLAIN = (
    "relu relu6 leaky_relu elu selu celu gelu silu softplus softsign squareplus mish exponential tanh_shrink "
    "sigmoid log_sigmoid tanh linear hard_sigmoid hard_silu hard_tanh hard_shrink soft_shrink sparse_plus "
    "sparse_sigmoid softmax log_softmax sparsemax"
)


class TestActivations(ActivationConformance):
    cases = [
        *(ActivationCase(name) for name in _PLAIN.split()),
        ActivationCase("relu", {"negative_slope": 0.1, "max_value": 1.0, "threshold": 0.2}),
        ActivationCase("elu", {"alpha": 0.5}),
        ActivationCase("gelu", {"approximate": True}),
        ActivationCase("softmax", {"axis": 0}),
        ActivationCase("threshold", {"threshold": 0.1, "default_value": 0.5}),
        ActivationCase("glu", keeps_shape=False),
    ]
