"""Every hook a plugin can implement.

There are two kinds. *Name hooks* take nothing and return ``{name: "module:attribute"}``: a name that
users may write, and the object it means, imported on first use. *Behaviour hooks* are called with the
objects they act on. No hook runs in the batch loop.

An implementation may leave out arguments that it does not use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corne.plugins.markers import hookimpl, hookspec  # noqa: F401  (the examples use hookimpl)

if TYPE_CHECKING:
    import click

    from corne.training import FitObserver, FitOptions
    from corne.training.adapters import DataAdapter

#: A name hook's result: ``{name that users write: "package.module:attribute"}``.
Names = Mapping[str, str]


@hookspec
def corne_layers() -> Names:
    """Register layers: subclasses of ``corne.Layer``, found as ``corne.layers.Scale``.

    >>> @hookimpl
    ... def corne_layers():
    ...     return {"Scale": "acme_scale.scale:Scale"}
    """
    raise NotImplementedError


@hookspec
def corne_activations() -> Names:
    """Register activations: functions from array to array, found as ``activation="swish2"``.

    >>> @hookimpl
    ... def corne_activations():
    ...     return {"swish2": "acme_scale.swish2:swish2"}
    """
    raise NotImplementedError


@hookspec
def corne_losses() -> Names:
    """Register losses: functions ``(y_true, y_pred)`` or subclasses of ``corne.losses.Loss``.

    >>> @hookimpl
    ... def corne_losses():
    ...     return {"LogRatio": "acme_loss.log_ratio:LogRatio", "log_ratio": "acme_loss.log_ratio:log_ratio"}
    """
    raise NotImplementedError


@hookspec
def corne_metrics() -> Names:
    """Register metrics: functions ``(y_true, y_pred)`` or subclasses of ``corne.metrics.Metric``.

    >>> @hookimpl
    ... def corne_metrics():
    ...     return {"Bleu": "acme_text.bleu:Bleu"}
    """
    raise NotImplementedError


@hookspec
def corne_optimizers() -> Names:
    """Register optimizers: subclasses of ``corne.optimizers.Optimizer``.

    >>> @hookimpl
    ... def corne_optimizers():
    ...     return {"Sophia": "acme_sophia.sophia:Sophia"}
    """
    raise NotImplementedError


@hookspec
def corne_initializers() -> Names:
    """Register initializers: subclasses of ``corne.initializers.Initializer``.

    >>> @hookimpl
    ... def corne_initializers():
    ...     return {"Fixup": "acme_fixup.fixup:Fixup"}
    """
    raise NotImplementedError


@hookspec
def corne_regularizers() -> Names:
    """Register regularizers: subclasses of ``corne.regularizers.Regularizer``.

    >>> @hookimpl
    ... def corne_regularizers():
    ...     return {"Hoyer": "acme_sparse.hoyer:Hoyer"}
    """
    raise NotImplementedError


@hookspec
def corne_constraints() -> Names:
    """Register constraints: subclasses of ``corne.constraints.Constraint``.

    >>> @hookimpl
    ... def corne_constraints():
    ...     return {"Simplex": "acme_sparse.simplex:Simplex"}
    """
    raise NotImplementedError


@hookspec
def corne_callbacks() -> Names:
    """Register callbacks: subclasses of ``corne.callbacks.Callback``.

    >>> @hookimpl
    ... def corne_callbacks():
    ...     return {"Notify": "acme_notify.notify:Notify"}
    """
    raise NotImplementedError


@hookspec
def corne_applications() -> Names:
    """Register applications: functions that return a model, found as ``corne.applications.TinyNet``.

    >>> @hookimpl
    ... def corne_applications():
    ...     return {"TinyNet": "acme_tiny.tiny_net:TinyNet"}
    """
    raise NotImplementedError


@hookspec
def corne_backends() -> Names:
    """Register backends: objects of class ``corne.backend.BackendSpec``, under the name users write.

    >>> @hookimpl
    ... def corne_backends():
    ...     return {"tpu": "acme_tpu.spec:SPEC"}
    """
    raise NotImplementedError


@hookspec
def corne_ops() -> Names:
    """Register operations: functions made with ``corne.operation.op``, found as ``corne.ops.swirl``.

    A dotted name puts an operation into a namespace: ``"image.swirl"`` is ``corne.ops.image.swirl``.

    >>> @hookimpl
    ... def corne_ops():
    ...     return {"swirl": "acme_swirl.swirl:swirl"}
    """
    raise NotImplementedError


@hookspec
def corne_kernels() -> Names:
    """Register kernels: functions that run an operation on one backend, faster than its default body.

    A name is ``"engine:operation"``. The engine is a backend's name (``"cpu"``), or the name of an engine that
    several backends share (``"torch"`` for cpu and cuda). A kernel takes the operation's own arguments, arrays
    already converted, and returns ``NotImplemented`` to decline them. Kernels are tried in this
    order: the backend's, the shared engine's, the backend's built-in ones, the default body.

    >>> @hookimpl
    ... def corne_kernels():
    ...     return {"torch:swirl": "acme_swirl.torch_kernel:swirl", "cpu:conv": "acme_fast.conv:conv"}
    """
    raise NotImplementedError


@hookspec
def corne_weight_formats() -> Names:
    """Register formats of weight files: instances of ``corne.saving.weight_format.WeightFormat``.

    The names are path endings, in lower case with the dot.

    >>> @hookimpl
    ... def corne_weight_formats():
    ...     return {".gguf": "acme_gguf.format:FORMAT"}
    """
    raise NotImplementedError


@hookspec
def corne_readers() -> Names:
    """Register readers: functions ``(path, **options)`` that return a file's content as a NumPy array.

    The names are endings of file names, in lower case with the dot. A data set that is made from files asks
    ``registry.get("readers", ".dcm")`` for the function and calls it once for each file. A reader raises a
    ``FileFormatError`` that names the path when it can't read the file.

    >>> @hookimpl
    ... def corne_readers():
    ...     return {".dcm": "acme_dicom.read_slice:read_slice"}
    """
    raise NotImplementedError


@hookspec
def corne_weights() -> Names:
    """Register trained weights: functions without arguments that return the path of a file.

    The name is an architecture and the value of its argument ``weights``: with the example below
    ``corne.applications.TinyNet(weights="birds")`` loads that file. A registered ``"imagenet"`` takes
    precedence over official files.
    Where a family has files for several widths, the name ends in ``-<width>_<size>``, as in
    ``"MobileNetV2/imagenet-1.0_224"``. The file may be of any format that ``weights`` takes as a path.

    >>> @hookimpl
    ... def corne_weights():
    ...     return {"TinyNet/birds": "acme_tiny.weights:locate_birds"}
    """
    raise NotImplementedError


@hookspec
def corne_names() -> Names:
    """Register other public names, under their paths below ``corne``; modules in between are created.

    The first part of the path is one of the core's open modules: ``applications``, ``datasets``, ``preprocessing``, ``utils``,
    ``visualization`` or ``wrappers``.

    >>> @hookimpl
    ... def corne_names():
    ...     return {"utils.plot_graph": "acme_plot.plot_graph:plot_graph",
    ...             "datasets.iris.load_data": "acme_data.iris:load_data"}
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def corne_data_adapter(x: Any, y: Any, sample_weight: Any, options: Mapping[str, Any]) -> DataAdapter | None:
    """Return a ``corne.training.adapters.DataAdapter`` if ``x`` is data this plugin knows, else None.

    Called once per ``fit``, ``evaluate`` or ``predict``, before Corne's own adapters are tried. The first
    answer that isn't None is used.

    Args:
        x: The user's ``x``.
        y: The user's ``y``, or None.
        sample_weight: The user's ``sample_weight``, or None.
        options: ``batch_size``, ``shuffle``, ``class_weight`` and ``steps`` as passed.

    >>> @hookimpl
    ... def corne_data_adapter(x, options):
    ...     if type(x).__module__.startswith("polars"):
    ...         from acme_polars.adapter import PolarsAdapter
    ...         return PolarsAdapter(x, batch_size=options["batch_size"])
    """


@hookspec(firstresult=True)
def corne_file_format(path: Path, header: bytes, mode: str) -> Any | None:
    """Return an object that reads or writes models or weights in the format of ``path``, else None.

    Args:
        path: The file, which exists if ``mode`` is ``"r"``. For ``"json"`` only its name is
            meaningful: configurations need not come from files.
        header: Its first 64 bytes; empty when writing. For ``"json"`` those of the text.
        mode: ``"r"``, ``"w"``, or ``"json"`` for a model's configuration that another framework
            or an earlier version wrote.

    Returns:
        An object with those of these methods that the format supports:
        ``load(path, custom_objects, compile) -> model`` and ``save(path, model)`` for whole models,
        ``load_weights(path, model, by_name, skip_mismatch)`` and ``save_weights(path, model)`` for weights,
        ``from_json(config, where, custom_objects) -> model`` for ``"json"``, which gets the
        parsed text. Methods that write get a temporary path, which is renamed once the file is complete.

    >>> @hookimpl
    ... def corne_file_format(path, header):
    ...     if header.startswith(b"ACME"):
    ...         from acme_format import AcmeFormat
    ...         return AcmeFormat()
    """


@hookspec
def corne_fit_callbacks(model: Any) -> list[Any] | None:
    """Return callbacks to add to this ``fit``, or None. Called once per ``fit``, never in the loop.

    >>> @hookimpl
    ... def corne_fit_callbacks(model):
    ...     if "ACME_RUN" in os.environ:
    ...         from acme_notify.notify import Notify
    ...         return [Notify()]
    """


@hookspec
def corne_fit_observers(model: Any, options: FitOptions) -> list[FitObserver] | None:
    """Return observers of this ``fit``, or None. Called once per ``fit``, before data are read.

    An observer is a ``corne.training.FitObserver``. The loop notifies it of its position: at the beginning, after
    batches, around validation, after epochs and at the end. It may record how data are made, surround the loop,
    restore a position, or stop training. Checkpoints are one; so are profilers and runners on preemptible machines.

    Args:
        model: The model, compiled.
        options: The arguments of ``fit`` other than the data; ``options.callbacks`` is a flat list.

    >>> @hookimpl
    ... def corne_fit_observers(model, options):
    ...     if "ACME_PROFILE" in os.environ:
    ...         from acme_profile.observer import Profiler
    ...         return [Profiler(epochs=options.epochs)]
    """


@hookspec
def corne_commands(cli: click.Group) -> None:
    """Add commands to the ``corne`` program.

    >>> @hookimpl
    ... def corne_commands(cli):
    ...     from acme_scale.command import weigh
    ...     cli.add_command(weigh)
    """


@hookspec
def corne_health_checks() -> Mapping[str, Callable[[], str | None]] | None:
    """Return checks for ``corne doctor``: functions that return None or a problem as text.

    Keep the function's heavy imports inside it.

    >>> @hookimpl
    ... def corne_health_checks():
    ...     return {"licence server": check_licence}
    """
