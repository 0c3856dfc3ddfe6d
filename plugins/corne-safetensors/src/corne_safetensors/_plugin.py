"""What corne-safetensors adds: the weight format ``.safetensors``."""

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_weight_formats() -> dict[str, str]:
    return {".safetensors": "corne_safetensors.format:FORMAT"}
