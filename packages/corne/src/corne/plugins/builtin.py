"""The names that the core itself provides, in the form of a plugin's answers."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "names": {
        "utils.legacy.deserialize_keras_object": "corne.legacy.saving:deserialize_keras_object",
        "utils.legacy.serialize_keras_object": "corne.legacy.saving:serialize_keras_object",
    },
    "weight_formats": {
        ".weights.h5": "corne.saving.hdf5_format:FORMAT",
        ".weights.json": "corne.saving.sharded_format:FORMAT",
        ".npz": "corne.saving.npz_file:FORMAT",
    },
    "layers": {
        "Layer": "corne.layer:Layer",
        "InputSpec": "corne.layer:InputSpec",
        "Input": "corne.model:Input",
        "InputLayer": "corne.model:InputLayer",
    },
    "losses": {"Loss": "corne.loss:Loss", "LossFunctionWrapper": "corne.loss:LossFunctionWrapper"},
    "metrics": {
        "Metric": "corne.metric:Metric",
        "Mean": "corne.metric:Mean",
        "MeanMetricWrapper": "corne.metric:MeanMetricWrapper",
    },
    "optimizers": {
        "Optimizer": "corne.optimizer:Optimizer",
        "LearningRateSchedule": "corne.optimizer:LearningRateSchedule",
    },
    "initializers": {
        "Initializer": "corne.initializers._base:Initializer",
        "Zeros": "corne.initializers._fixed:Zeros",
        "Ones": "corne.initializers._fixed:Ones",
        "Constant": "corne.initializers._fixed:Constant",
        "Identity": "corne.initializers._fixed:Identity",
        "STFT": "corne.initializers._fixed:STFT",
        "IdentityInitializer": "corne.initializers._fixed:Identity",
        "STFTInitializer": "corne.initializers._fixed:STFT",
        "RandomNormal": "corne.initializers._drawn:RandomNormal",
        "TruncatedNormal": "corne.initializers._drawn:TruncatedNormal",
        "RandomUniform": "corne.initializers._drawn:RandomUniform",
        "VarianceScaling": "corne.initializers._drawn:VarianceScaling",
        "GlorotUniform": "corne.initializers._drawn:GlorotUniform",
        "GlorotNormal": "corne.initializers._drawn:GlorotNormal",
        "HeUniform": "corne.initializers._drawn:HeUniform",
        "HeNormal": "corne.initializers._drawn:HeNormal",
        "LecunUniform": "corne.initializers._drawn:LecunUniform",
        "LecunNormal": "corne.initializers._drawn:LecunNormal",
        "Orthogonal": "corne.initializers._drawn:Orthogonal",
        "OrthogonalInitializer": "corne.initializers._drawn:Orthogonal",
        "normal": "corne.initializers._drawn:RandomNormal",
        "uniform": "corne.initializers._drawn:RandomUniform",
        "one": "corne.initializers._fixed:Ones",
        "zero": "corne.initializers._fixed:Zeros",
    },
    "regularizers": {
        "Regularizer": "corne.regularizers._regularizers:Regularizer",
        "L1": "corne.regularizers._regularizers:L1",
        "L2": "corne.regularizers._regularizers:L2",
        "L1L2": "corne.regularizers._regularizers:L1L2",
        "OrthogonalRegularizer": "corne.regularizers._regularizers:OrthogonalRegularizer",
    },
    "constraints": {
        "Constraint": "corne.constraints._constraints:Constraint",
        "NonNeg": "corne.constraints._constraints:NonNeg",
        "MaxNorm": "corne.constraints._constraints:MaxNorm",
        "UnitNorm": "corne.constraints._constraints:UnitNorm",
        "MinMaxNorm": "corne.constraints._constraints:MinMaxNorm",
    },
    "callbacks": {
        "Callback": "corne.training.callbacks.callback:Callback",
        "CallbackList": "corne.training.callbacks.callback_list:CallbackList",
        "History": "corne.training.callbacks.history:History",
        "ProgbarLogger": "corne.training.callbacks.progbar_logger:ProgbarLogger",
    },
}


_SNAKE = {
    "initializers": ("glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal",
                     "random_normal", "random_uniform", "truncated_normal", "variance_scaling", "orthogonal",
                     "zeros", "ones", "constant", "identity", "stft"),
    "regularizers": ("l1", "l2", "l1_l2", "orthogonal_regularizer"),
    "constraints": ("non_neg", "max_norm", "unit_norm", "min_max_norm"),
}  # fmt: skip
for _kind, _snakes in _SNAKE.items():
    _loose = {name.lower(): target for name, target in NAMES[_kind].items()}
    NAMES[_kind].update({name: _loose[name.replace("_", "")] for name in _snakes})


_OPERATIONS = {
    "arithmetic": (
        "add arctan2 bitwise_and bitwise_or bitwise_xor clip divide divide_no_nan equal "
        "floor_divide greater greater_equal hypot isclose left_shift less less_equal "
        "logaddexp logical_and logical_or logical_xor maximum minimum mod multiply not_equal "
        "power right_shift squared_difference subtract true_divide where"
    ),
    "core": (
        "cast cond convert_to_numpy convert_to_tensor custom_gradient dtype fori_loop "
        "is_tensor map ndim scan shape size stop_gradient switch unstack vectorized_map "
        "while_loop"
    ),
    "creation": (
        "arange empty empty_like eye full full_like identity linspace logspace ones ones_like "
        "tri zeros zeros_like"
    ),
    "elementwise": (
        "abs absolute angle arccos arccosh arcsin arcsinh arctan arctanh ceil conjugate cos "
        "cosh deg2rad erf erfc erfinv exp expm1 floor imag isfinite isinf isnan log log10 "
        "log1p log2 logical_not nan_to_num negative rad2deg real reciprocal round rsqrt sign "
        "sin sinh sqrt square tan tanh trunc"
    ),
    "indexing": (
        "bincount get_item multi_hot nonzero one_hot scatter scatter_update segment_max "
        "segment_sum slice slice_update take take_along_axis"
    ),
    "neural": (
        "batch_normalization celu "
        "elu gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh "
        "layer_normalization leaky_relu log_sigmoid log_softmax moments normalize relu relu6 "
        "rms_normalization selu sigmoid silu soft_shrink softmax softplus softsign "
        "sparse_plus sparse_sigmoid sparsemax squareplus "
        "swish tanh_shrink threshold"
    ),
    "products": (
        "cross dense diag diagonal dot einsum inner matmul norm outer qr result_type "
        "tensordot trace tril triu vdot"
    ),
    "reduction": (
        "all amax amin any argmax argmin argsort count_nonzero cumprod cumsum digitize "
        "in_top_k logsumexp max mean median min prod quantile searchsorted sort std sum top_k "
        "var"
    ),
    "shaping": (
        "array_split broadcast_to concatenate expand_dims flip hstack meshgrid moveaxis pad "
        "ravel repeat reshape roll split squeeze stack swapaxes tile transpose vstack"
    ),
}
NAMES["ops"] = {
    name: f"corne.ops.{module}:{name}" for module, names in _OPERATIONS.items() for name in names.split()
}


def version() -> str:
    """Return the core's version, read on first use."""
    from corne._version import __version__

    return __version__
