"""The function ``preprocess_input`` of the modules, one for each way to scale pixels."""

from __future__ import annotations

from corne.backend import Array

from corne_applications import imagenet_utils


def caffe(x: Array, data_format: str | None = None) -> Array:
    """Turn RGB pixels of 0 to 255 to BGR and subtract each channel's mean in ImageNet.

    Args:
        x: Images; see :func:`corne.applications.imagenet_utils.preprocess_input`.
        data_format: ``"channels_last"`` or ``"channels_first"``. Default: as configured.
    """
    return imagenet_utils.preprocess_input(x, data_format, "caffe")


def tf(x: Array, data_format: str | None = None) -> Array:
    """Scale pixels of 0 to 255 to -1 to 1.

    Args:
        x: Images; see :func:`corne.applications.imagenet_utils.preprocess_input`.
        data_format: ``"channels_last"`` or ``"channels_first"``. Default: as configured.
    """
    return imagenet_utils.preprocess_input(x, data_format, "tf")


def torch(x: Array, data_format: str | None = None) -> Array:
    """Scale pixels of 0 to 255 to 0 to 1, then normalize them by ImageNet's means and deviations.

    Args:
        x: Images; see :func:`corne.applications.imagenet_utils.preprocess_input`.
        data_format: ``"channels_last"`` or ``"channels_first"``. Default: as configured.
    """
    return imagenet_utils.preprocess_input(x, data_format, "torch")


def unchanged(x: Array, data_format: str | None = None) -> Array:
    """Return the images as they are: these models scale pixels themselves.

    Args:
        x: Images of 0 to 255.
        data_format: Without effect.
    """
    return x
