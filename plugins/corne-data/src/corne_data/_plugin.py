"""What corne-data registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corne.plugins import hookimpl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corne.training.adapters import DataAdapter

CORNE_API = 1


@hookimpl
def corne_names() -> dict[str, str]:
    """Return public names by their paths below ``corne``."""
    pad = "corne_data.pad_sequences:pad_sequences"
    folders = "corne_data.from_directory"
    timeseries = "corne_data.timeseries:timeseries_dataset_from_array"
    sets = ("boston_housing", "california_housing", "fashion_mnist", "mnist")
    return {
        **{f"datasets.{name}.load_data": f"corne_data.datasets.{name}:load_data" for name in sets},
        "preprocessing.image_dataset_from_directory": f"{folders}.images:image_dataset_from_directory",
        "preprocessing.sequence.pad_sequences": pad,
        "preprocessing.text_dataset_from_directory": f"{folders}.texts:text_dataset_from_directory",
        "preprocessing.timeseries_dataset_from_array": timeseries,
        "utils.Dataset": "corne_data.dataset:Dataset",
        "utils.audio_dataset_from_directory": f"{folders}.sounds:audio_dataset_from_directory",
        "utils.get_file": "corne_data.download:get_file",
        "utils.image_dataset_from_directory": f"{folders}.images:image_dataset_from_directory",
        "utils.pad_sequences": pad,
        "utils.split_dataset": "corne_data.split_dataset:split_dataset",
        "utils.text_dataset_from_directory": f"{folders}.texts:text_dataset_from_directory",
        "utils.timeseries_dataset_from_array": timeseries,
    }


@hookimpl
def corne_data_adapter(x: Any, y: Any, sample_weight: Any, options: Mapping[str, Any]) -> DataAdapter | None:
    """Return the adapter of a :class:`corne_data.dataset.Dataset`; None for other data."""
    if type(x).__module__ != "corne_data.dataset":
        return None
    from corne_data.dataset_adapter import dataset_adapter

    return dataset_adapter(x, y, sample_weight, options)
