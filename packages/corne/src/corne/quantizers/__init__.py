"""Quantization: not in this version."""

from corne.plugins.namespace import planned

__getattr__ = planned(
    __name__,
    "corne-quantize",
    "AWQConfig AbsMaxQuantizer Float8QuantizationConfig GPTQConfig Int4QuantizationConfig "
    "Int8QuantizationConfig QuantizationConfig Quantizer abs_max_quantize "
    "abs_max_quantize_grouped_with_zero_point compute_float8_amax_history compute_float8_scale "
    "deserialize fake_quant_with_min_max_vars get pack_int4 quantize_and_dequantize serialize unpack_int4",
)
