"""EventFile: a file that TensorBoard reads."""

from __future__ import annotations

import io
import os
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: As many buckets as TensorFlow's histograms have.
BUCKETS = 30


class EventFile:
    """An event file in a folder; it is created with the first thing that is written.

    Args:
        folder: The run's folder, as ``logs/train``. It is made if it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writer: Any = None

    def scalar(self, tag: str, value: Any, step: int) -> None:
        """Write a number; of an array, each element under ``tag/index``."""
        array = np.asarray(value, dtype="float64")
        if array.ndim == 0:
            self._write([{"tag": tag, "simple_value": float(array)}], step)
        else:
            self._write(
                [
                    {"tag": f"{tag}/{index}", "simple_value": float(each)}
                    for index, each in enumerate(array.ravel())
                ],
                step,
            )

    def histogram(self, tag: str, values: NDArray[Any], step: int) -> None:
        """Write a histogram of the finite values; warn if others were left out."""
        from tensorboardX.summary import make_histogram

        flat = values.astype("float64").ravel()
        finite = flat[np.isfinite(flat)]
        if finite.size < flat.size:
            warnings.warn(
                f"TensorBoard: {tag} leaves out {flat.size - finite.size} values that are infinite or NaN.",
                stacklevel=2,
            )
        if finite.size:
            self._write([{"tag": tag, "histo": make_histogram(finite, BUCKETS)}], step)

    def images(self, tag: str, pixels: NDArray[np.uint8], step: int) -> None:
        """Write images as samples of one tag, as TensorFlow 2 does.

        Args:
            tag: Their name.
            pixels: Shape ``(images, height, width, 1 or 3)``.
            step: Their step.
        """
        count, height, width, _ = pixels.shape
        encoded = [str(width).encode(), str(height).encode(), *map(_png, pixels)]
        self._write([_strings(tag, encoded, [2 + count], "images", b"")], step)

    def model(self, tag: str, json: str) -> None:
        """Write a model's configuration in Keras's format, from which TensorBoard draws the conceptual graph."""
        self._write([_strings(tag, [json.encode()], [], "graph_keras_model", b"1")], 0)

    def flush(self) -> None:
        """Write to the disk what has been given."""
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """Close the file. What is written later goes to a new one beside it."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _write(self, values: Sequence[dict[str, Any]], step: int) -> None:
        from tensorboardX.event_file_writer import EventFileWriter
        from tensorboardX.proto.event_pb2 import Event
        from tensorboardX.proto.summary_pb2 import Summary

        if self._writer is None:
            # The library's own names hold whole seconds: a second file within one would overwrite the first.
            self._writer = EventFileWriter(
                str(self.folder), filename_suffix=f".{time.time_ns()}.{os.getpid()}"
            )
        summary = Summary(value=[Summary.Value(**value) for value in values])
        self._writer.add_event(Event(summary=summary, step=step, wall_time=time.time()))


def _strings(
    tag: str, values: Sequence[bytes], shape: Sequence[int], plugin: str, content: bytes
) -> dict[str, Any]:
    from tensorboardX.proto.summary_pb2 import SummaryMetadata
    from tensorboardX.proto.tensor_pb2 import TensorProto
    from tensorboardX.proto.tensor_shape_pb2 import TensorShapeProto

    dimensions = [TensorShapeProto.Dim(size=size) for size in shape]
    return {
        "tag": tag,
        "tensor": TensorProto(
            dtype="DT_STRING", string_val=values, tensor_shape=TensorShapeProto(dim=dimensions)
        ),
        "metadata": SummaryMetadata(
            plugin_data=SummaryMetadata.PluginData(plugin_name=plugin, content=content)
        ),
    }


def _png(pixels: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(file, format="PNG")
    return file.getvalue()
