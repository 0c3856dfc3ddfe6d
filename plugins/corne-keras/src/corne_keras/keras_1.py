"""Translate Keras 1's names of classes and arguments to Keras 2's."""

from __future__ import annotations

from typing import Any

from corne.errors import FileFormatError

_CLASSES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "SeparableConvolution2D": "SeparableConv2D",
    "Deconvolution2D": "Conv2DTranspose",
}
_RECURRENT = ("SimpleRNN", "LSTM", "GRU")
#: Old argument to new, for any class.
_ARGUMENTS = {
    "activity_regularizer": "activity_regularizer",
    "border_mode": "padding",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "bias": "use_bias",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "nb_filter": "filters",
    "subsample": "strides",
    "subsample_length": "strides",
    "filter_length": "kernel_size",
    "atrous_rate": "dilation_rate",
    "pool_length": "pool_size",
    "stride": "strides",
    "depthwise_init": "depthwise_initializer",
    "pointwise_init": "pointwise_initializer",
    "beta_init": "beta_initializer",
    "gamma_init": "gamma_initializer",
}
#: The same for arguments whose meaning depends on the class.
_OF_CLASS = {
    "Dense": {"output_dim": "units"},
    "Dropout": {"p": "rate"},
    "GaussianDropout": {"p": "rate"},
    "SpatialDropout1D": {"p": "rate"},
    "SpatialDropout2D": {"p": "rate"},
    "SpatialDropout3D": {"p": "rate"},
    "GaussianNoise": {"sigma": "stddev"},
    "UpSampling1D": {"length": "size"},
    "PReLU": {"init": "alpha_initializer"},
    "Embedding": {
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
    },
    **{
        name: {"output_dim": "units", "dropout_W": "dropout", "dropout_U": "recurrent_dropout"}
        for name in _RECURRENT
    },
}
_FORMATS = {"tf": "channels_last", "th": "channels_first"}
_MERGES = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
    "dot": "Dot",
    "cos": "Dot",
}
#: Arguments without effect on results, and inputs that merging may omit.
_DROPPED = ("consume_less", "input_dtype", "input_length", "output_mask", "output_mask_type")


def modernized(class_name: str, config: dict[str, Any], where: str) -> tuple[str, dict[str, Any]]:
    """Return a layer's class and arguments with Keras 2's names.

    Args:
        class_name: Its name in the file.
        config: Its arguments.
        where: The layer, for messages.

    Raises:
        FileFormatError: Its behaviour depends on something outside the file, or is no longer supported.
    """
    if class_name == "Merge":
        return _merge(config, where)
    new = _CLASSES.get(class_name, class_name)
    words = {**_ARGUMENTS, **_OF_CLASS.get(new, {})}
    result = {words.get(key, key): value for key, value in config.items() if key not in _DROPPED}
    if new != "Embedding":
        result.pop("input_dim", None)
    if "nb_row" in result and "nb_col" in result:
        sizes = [result.pop("nb_row"), result.pop("nb_col")]
        result["kernel_size"] = sizes
    if "kernel_dim1" in result:
        result["kernel_size"] = [result.pop(f"kernel_dim{axis}", None) for axis in (1, 2, 3)]
    if "dim_ordering" in result:
        order = result.pop("dim_ordering")
        if order not in _FORMATS:
            raise FileFormatError(
                f"{where}: dim_ordering", "'tf' or 'th'", repr(order),
                "It depended on the writing machine's setting; rebuild the model in code.",
            )  # fmt: skip
        result["data_format"] = _FORMATS[order]
    if new == "BatchNormalization":
        _batch_normalization(result, where)
    if new in _RECURRENT:
        result.setdefault("recurrent_activation", "hard_sigmoid")
        if new == "SimpleRNN":
            del result["recurrent_activation"]
        if new == "LSTM":
            result["unit_forget_bias"] = result.pop("forget_bias_init", "one") == "one"
    if new == "Embedding" and result.get("dropout") in (None, 0, 0.0):
        result.pop("dropout", None)
    if new == "Conv2DTranspose":
        result.pop("output_shape", None)
    return new, result


def _batch_normalization(config: dict[str, Any], where: str) -> None:
    mode = config.pop("mode", 0)
    if mode != 0:
        raise FileFormatError(
            f"{where}: mode", "0: statistics of each feature over the batch", repr(mode),
            "Keras 2 has dropped the other modes; rebuild the model in code.",
        )  # fmt: skip


def _merge(config: dict[str, Any], where: str) -> tuple[str, dict[str, Any]]:
    mode = config.get("mode")
    if not isinstance(mode, str) or mode not in _MERGES:
        raise FileFormatError(
            f"{where}: mode of Merge", f"one of {sorted(_MERGES)}", repr(mode)[:80],
            "Corne never runs code from a file; rebuild the model in code and load the weights by name.",
        )  # fmt: skip
    result: dict[str, Any] = {"name": config.get("name")}
    if mode == "concat":
        result["axis"] = config.get("concat_axis", -1)
    elif mode in ("dot", "cos"):
        result |= {"axes": config.get("dot_axes", -1), "normalize": mode == "cos"}
    return _MERGES[mode], result
