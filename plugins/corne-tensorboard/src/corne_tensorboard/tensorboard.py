"""TensorBoard: logs of training that TensorBoard shows."""

from __future__ import annotations

import json
import os
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from corne import checks, config
from corne.callbacks import Callback
from corne.errors import ArgumentError

from corne_tensorboard._event_file import EventFile
from corne_tensorboard._projector import WHERE as METADATA
from corne_tensorboard._projector import Projector
from corne_tensorboard._trace import Trace
from corne_tensorboard._weight_images import weight_images


class TensorBoard(Callback):
    """Writes what training does to files that TensorBoard shows.

    Training goes to ``log_dir/train``, validation and evaluation to ``log_dir/validation``, under Keras's tags:
    ``epoch_<name>`` by epoch, ``batch_<name>`` by batch, ``evaluation_<name>_vs_iterations`` by the optimizer's steps.
    A metric that is an array has a tag for each element, ``epoch_<name>/<index>``. TensorFlow is not needed.

    Args:
        log_dir: The folder. Default "logs".
        histogram_freq: Write histograms of all weights every so many epochs. Default 0: never.
        write_graph: Write the configuration of a functional or Sequential model, which the graph tab draws. Other
            models have none. Default True.
        write_images: Write weights as images too, together with histograms, from black for the smallest value to
            white for the largest. Default False.
        write_steps_per_second: Write training steps per second: ``epoch_steps_per_second``, and where batches are
            written ``batch_steps_per_second``, the rate since the batch written before. Default False.
        update_freq: "epoch", or write the training batches' logs as well: "batch" for each, a number for every so
            many. The program waits for the device only at batches that are written. Default "epoch".
        profile_batch: The batch to profile with torch's profiler, counted from 1, or a pair of the first and the last,
            or "first,last". The trace goes to ``log_dir/train``. Default 0: none.
        embeddings_freq: Write the Embedding layers for the projector every so many epochs. Default 0: never.
        embeddings_metadata: A file in ``log_dir`` with a line for each row of the embeddings, or a dict of such files
            by layer name. Default None.

    Raises:
        ArgumentError: An argument has another value, or no Embedding layer has a name in ``embeddings_metadata``.
        BackendError: Batches are to be profiled on a backend without torch.

    >>> TensorBoard("logs", update_freq="batch").update_freq
    1
    """

    #: They are read at the batches that are written.
    reads_batch_logs: ClassVar[bool] = False

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: int | str = "epoch",
        profile_batch: int | str | tuple[int, int] = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: str | Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(log_dir, (str, os.PathLike)) or not str(log_dir):
            raise ArgumentError("TensorBoard(log_dir=…)", "the path of a folder", repr(log_dir))
        self.log_dir = str(log_dir)
        self.histogram_freq = checks.integer("TensorBoard(histogram_freq=…)", histogram_freq, least=0)
        self.write_graph = checks.boolean("TensorBoard(write_graph=…)", write_graph)
        self.write_images = checks.boolean("TensorBoard(write_images=…)", write_images)
        self.write_steps_per_second = checks.boolean(
            "TensorBoard(write_steps_per_second=…)", write_steps_per_second
        )
        self.update_freq = _update_freq(update_freq)
        self.profile_batch = profile_batch
        self.embeddings_freq = checks.integer("TensorBoard(embeddings_freq=…)", embeddings_freq, least=0)
        self.embeddings_metadata = _metadata(embeddings_metadata)
        self._trace = Trace(profile_batch)
        self._train = EventFile(Path(self.log_dir, "train"))
        self._validation = EventFile(Path(self.log_dir, "validation"))
        self._projector = Projector(Path(self.log_dir), self.embeddings_metadata)
        self._batch = 0
        self._epoch_start = (0, 0.0)
        self._batch_start = (0, 0.0)

    def on_train_begin(self, logs: Any = None) -> None:
        self._trace.check_engine()
        self._batch = 0
        self._start_clock()
        if self.embeddings_freq:
            self._projector.check(self.model)
        if self.write_graph and not self.params.get("resuming"):
            self._write_graph()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._start_clock()

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._batch += 1
        self._trace.before(self._batch, self._train.folder)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if isinstance(self.update_freq, int) and self._batch % self.update_freq == 0:
            for name, value in (logs or {}).items():
                self._train.scalar(f"batch_{name}", value, self._batch)
            if self.write_steps_per_second:
                before, start = self._batch_start
                self._batch_start = (self._batch, time.perf_counter())
                rate = (self._batch - before) / (self._batch_start[1] - start)
                self._train.scalar("batch_steps_per_second", rate, self._batch)
        self._trace.after(self._batch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        training = {name: value for name, value in (logs or {}).items() if not name.startswith("val_")}
        if self._has_optimizer():
            optimizer = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)
            training["learning_rate"] = _number(optimizer.learning_rate)
        if self.write_steps_per_second:
            before, start = self._epoch_start
            training["steps_per_second"] = (self._iterations() - before) / (time.perf_counter() - start)
        for name, value in training.items():
            self._train.scalar(f"epoch_{name}", value, epoch)
        for name, value in (logs or {}).items():
            if name.startswith("val_"):
                self._validation.scalar(f"epoch_{name.removeprefix('val_')}", value, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            self._projector.write(self.model, epoch)
        self._train.flush()
        self._validation.flush()

    def on_test_end(self, logs: Any = None) -> None:
        if self._has_optimizer():
            step = self._iterations()
            for name, value in (logs or {}).items():
                self._validation.scalar(f"evaluation_{name}_vs_iterations", value, step)

    def on_close(self) -> None:
        """Close the files, and write a trace that was cut short, however the loop ended."""
        self._trace.stop()
        self._train.close()
        self._validation.close()

    def get_state(self) -> dict[str, Any]:
        return {"batch": self._batch}

    def set_state(self, state: dict[str, Any]) -> None:
        self._batch = int(state["batch"])
        self._start_clock()

    def _start_clock(self) -> None:
        if self.write_steps_per_second:
            now = time.perf_counter()
            self._epoch_start, self._batch_start = (self._iterations(), now), (self._batch, now)

    def _has_optimizer(self) -> bool:
        return getattr(self.model, "optimizer", None) is not None

    def _iterations(self) -> int:
        return int(_number(self.model.optimizer.iterations)) if self._has_optimizer() else self._batch

    def _write_graph(self) -> None:
        try:
            text = self.model.to_json()
        except (ValueError, TypeError, NotImplementedError) as error:
            warnings.warn(f"TensorBoard: no graph of the model is written. {error}", stacklevel=2)
            return
        if json.loads(text)["config"].get("layers"):  # a subclassed model's configuration names none
            self._train.model("keras", text)

    def _write_weights(self, epoch: int) -> None:
        from corne import ops

        channels_last = config.image_data_format() == "channels_last"
        for weight in self.model.weights:
            values = ops.convert_to_numpy(weight)
            tag = weight.path.replace(":", "_")
            self._train.histogram(f"{tag}/histogram", values, epoch)
            images = weight_images(values, channels_last) if self.write_images else None
            if images is not None:
                self._train.images(f"{tag}/image", images, epoch)


def _number(value: Any) -> float:
    from corne import ops

    return float(ops.convert_to_numpy(value))


def _update_freq(value: Any) -> int | str:
    where = "TensorBoard(update_freq=…)"
    if isinstance(value, str):
        return 1 if checks.one_of(where, value, ("batch", "epoch")) == "batch" else value
    return checks.integer(where, value, least=1, fix='Or pass "batch" or "epoch".')


def _metadata(value: Any) -> str | dict[str, str] | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, os.PathLike):
        return str(value)
    if isinstance(value, Mapping):
        paths = {
            name: os.fspath(path) for name, path in value.items() if isinstance(path, (str, os.PathLike))
        }
        if len(paths) == len(value) and all(isinstance(name, str) for name in paths):
            return paths
    raise ArgumentError(METADATA, "the path of a file, or a dict of them by layer name", repr(value))
