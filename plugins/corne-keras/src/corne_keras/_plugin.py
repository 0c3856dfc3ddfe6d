"""What corne-keras adds: the file formats and the preprocessing of Keras 1 and 2, and one activation of theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corne.plugins import hookimpl

CORNE_API = 1

_HDF5 = b"\x89HDF\r\n\x1a\n"
_SUFFIXES = (".h5", ".hdf5")


@hookimpl
def corne_activations() -> dict[str, str]:
    """Return name to ``module:function``."""
    return {"legacy_hard_sigmoid": "corne_keras.legacy_hard_sigmoid:legacy_hard_sigmoid"}


@hookimpl
def corne_file_format(path: Path, header: bytes, mode: str) -> Any | None:
    """Return the format for HDF5 files, and for configurations as JSON."""
    is_ours = {
        "r": header.startswith(_HDF5),
        "w": path.suffix.lower() in _SUFFIXES,
        "json": header.lstrip().startswith(b"{"),
    }
    if not is_ours.get(mode, False):
        return None
    from corne_keras.legacy_format import LegacyFormat

    return LegacyFormat()


_PREPROCESSING = {
    "image": [
        "DataFrameIterator",
        "DirectoryIterator",
        "ImageDataGenerator",
        "Iterator",
        "NumpyArrayIterator",
        "apply_affine_transform",
        "apply_brightness_shift",
        "apply_channel_shift",
        "random_brightness",
        "random_channel_shift",
        "random_rotation",
        "random_shear",
        "random_shift",
        "random_zoom",
    ],
    "sequence": ["TimeseriesGenerator", "make_sampling_table", "skipgrams", "timeseries_generator_from_json"],
    "text": ["Tokenizer", "hashing_trick", "one_hot", "text_to_word_sequence", "tokenizer_from_json"],
}
_MODULES = {
    "DataFrameIterator": "data_frame_iterator",
    "DirectoryIterator": "directory_iterator",
    "ImageDataGenerator": "image_data_generator",
    "Iterator": "iterator",
    "NumpyArrayIterator": "numpy_array_iterator",
    "TimeseriesGenerator": "timeseries_generator",
    "Tokenizer": "tokenizer",
}


@hookimpl
def corne_names() -> dict[str, str]:
    """Return what ``keras.preprocessing`` held to Keras 2.15, by its paths below ``corne``."""
    return {
        f"preprocessing.{part}.{name}": f"corne_keras.preprocessing.{part}.{_MODULES.get(name, name)}:{name}"
        for part, names in _PREPROCESSING.items()
        for name in names
    }
