"""Application: an architecture that is called like a function and returns a model."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from corne import Input, Model, config, layers
from corne.errors import ArgumentError, DTypeError
from corne.symbolic import SymbolicTensor

from corne_applications import _input_shape
from corne_applications._blocks import symmetric_padding
from corne_applications._weights import Source, WeightsArgument, find_weights

#: Turns a symbolic tensor into the next one of the network being built.
Part = Callable[[Any, "Options"], Any]


@dataclass(frozen=True)
class Options:
    """What every architecture can be asked for.

    Args:
        include_top: Whether the classifier is part of the model.
        weights: None, a name such as ``"imagenet"``, or the path of a file.
        input_tensor: Where the network begins instead of at a new Input, or None.
        input_shape: Shape of one image, or None for the architecture's own.
        pooling: ``"avg"``, ``"max"`` or None: how features end in a model without classifier.
        classes: Number of classes.
        classifier_activation: Activation of the classifier; None for logits.
        name: The model's name.
    """

    include_top: bool
    weights: WeightsArgument
    input_tensor: Any
    input_shape: tuple[int | None, ...] | None
    pooling: str | None
    classes: int
    classifier_activation: Any
    name: str | None


class Application:
    """Base of architectures: input, weights and classifier are the same for all of them.

    A family is a subclass, a member of it an instance. A subclass writes ``features``, and ``head`` where its
    classifier is not average pooling and one dense layer.

    Args:
        title: The public name, such as ``"ResNet50"``.
        size: Height and width of the input, in pixels. Default 224.
        name: Default name of the models; None if it depends on the arguments.

    Attributes:
        least: Smallest height and width, in pixels.
        mode: How ``preprocess_input`` scales pixels: ``"caffe"``, ``"tf"``, ``"torch"``, or None if the model
            does it.
        pooling_names: Whether pooling of features is called ``avg_pool`` and ``max_pool``, or numbered.
        head_pooling: What pooling before the classifier is called; None for a number.
    """

    least: ClassVar[int] = 32
    mode: ClassVar[str | None] = None
    pooling_names: ClassVar[bool] = True
    head_pooling: ClassVar[str | None] = "avg_pool"
    layouts: ClassVar[tuple[str, ...]] = ("channels_last", "channels_first")

    def __init__(self, title: str, size: int = 224, name: str | None = None) -> None:
        self.title = self.__name__ = self.__qualname__ = title
        self.size = size
        self.name = name
        self.__module__ = type(self).__module__
        self.__doc__ = type(self).__doc__
        signature = inspect.signature(type(self).__call__)
        parameters = [
            parameter.replace(default=name) if parameter.name == "name" else parameter
            for parameter in list(signature.parameters.values())[1:]
        ]
        self.__signature__ = signature.replace(parameters=parameters)

    def __call__(self, *args: Any, **kwargs: Any) -> Model:
        """Return a model."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{self.__module__}.{self.title}{self.__signature__}>"

    def features(self, x: Any, options: Options) -> Any:
        """Return the last features, of shape ``(batch, height, width, channels)``, for images ``x``."""
        raise NotImplementedError

    def head(self, x: Any, options: Options) -> Any:
        """Return the classifier's output for features."""
        x = layers.GlobalAveragePooling2D(name=self.head_pooling)(x)
        return layers.Dense(options.classes, activation=options.classifier_activation, name="predictions")(x)

    def without_head(self, x: Any, options: Options) -> Any:
        """Return features as ``pooling`` asks."""
        if options.pooling == "avg":
            return layers.GlobalAveragePooling2D(name="avg_pool" if self.pooling_names else None)(x)
        if options.pooling == "max":
            return layers.GlobalMaxPooling2D(name="max_pool" if self.pooling_names else None)(x)
        return x

    def build(
        self,
        options: Options,
        features: Part | None = None,
        head: Part | None = None,
        variant: str = "",
        shape: tuple[int | None, ...] | None = None,
    ) -> Model:
        """Build a model and load its weights.

        Args:
            options: What was asked for.
            features: Instead of the method of that name.
            head: Instead of the method of that name.
            variant: Which of the family's files of weights, where a member has several.
            shape: The input's shape if the family has settled it. Default: worked out from the options.

        Raises:
            ArgumentError: Arguments that don't fit each other or the architecture.
            DTypeError: ``input_tensor`` is not a symbolic tensor.
        """
        self.check(options)
        shape = shape or _input_shape.settled(self.title, options, self.size, self.least)
        path = find_weights(self.title, options, variant)
        source = None if path is None else Source(self, path, options.name)
        start = self._start(options, shape)
        with symmetric_padding(source is not None and source.symmetric):
            x = (features or self.features)(start, options)
        x = (head or self.head)(x, options) if options.include_top else self.without_head(x, options)
        inputs = start if options.input_tensor is None else _sources(start)
        model = Model(inputs, x, name=options.name)
        if source is not None:
            source.load(model)
        return model

    def check(self, options: Options) -> None:
        """Refuse arguments that make no sense, whatever the architecture.

        Raises:
            ArgumentError: Some do.
        """
        where = self.title
        if config.image_data_format() not in self.layouts:
            raise ArgumentError(
                f"{where}(…)", "image_data_format 'channels_last'", repr(config.image_data_format()),
                "Call corne.config.set_image_data_format('channels_last') first.",
            )  # fmt: skip
        if options.pooling not in (None, "avg", "max"):
            raise ArgumentError(f"{where}(pooling=…)", "'avg', 'max' or None", repr(options.pooling), "")
        classes = options.classes
        if isinstance(classes, bool) or not isinstance(classes, int) or classes < 1:
            raise ArgumentError(f"{where}(classes=…)", "an integer of at least 1", repr(classes), "")
        if options.weights is None or not options.include_top:
            return
        if options.weights == "imagenet" and classes != 1000:
            raise ArgumentError(
                f"{where}(classes=…)", "1000, as weights='imagenet' classify", str(classes),
                "Pass weights=None, or include_top=False and add your own classifier.",
            )  # fmt: skip
        activation = options.classifier_activation
        if _activation_name(activation) not in ("softmax", "linear"):
            raise ArgumentError(
                f"{where}(classifier_activation=…)", "'softmax' or None with trained weights", repr(activation),
                "Pass classifier_activation=None and apply your own to the logits.",
            )  # fmt: skip

    def preprocess(
        self, image: Any, size: int | None = None, crop: float = 0.875, mode: str | None = None
    ) -> Any:
        """Return images as a batch that this architecture's models take.

        The shorter side is resized to ``size / crop`` pixels (bicubic, antialiased), the middle is cut out, and pixels
        are scaled as the weights expect.

        Args:
            image: A path, a Pillow image, an array ``(height, width, 3)`` of 0 to 255, or a list of those.
            size: Height and width in pixels. Default: the architecture's.
            crop: Share of the shorter side that is kept, in (0, 1]. Default 0.875.
            mode: How pixels are scaled: ``"caffe"``, ``"tf"`` or ``"torch"``. Default: as the official weights
                expect.

        Returns:
            A float32 array ``(images, size, size, 3)``, or ``(images, 3, size, size)`` with channels first.

        Raises:
            DataError: A file is no picture, or an array has another shape.
            MissingPluginError: Pillow isn't installed.
        """
        from corne_applications.preprocess import preprocess

        size = self.size if size is None else size
        return preprocess(image, size, crop, lambda x: self.scale(x, mode))

    def convert(
        self, source: str | os.PathLike[str], target: str | os.PathLike[str], overwrite: bool = False
    ) -> str:
        """Write the weights in one file to another, in the format of the other's ending.

        Args:
            source: What ``weights`` takes as a path: PyTorch's ``.pth`` among others.
            target: A whole model (``.keras``, ``.h5``), or weights (``.weights.h5``, ``.safetensors``, ``.npz``).
            overwrite: Whether ``target`` may exist. Default False.

        Returns:
            ``"whole model"`` or ``"weights"``.

        Raises:
            ArgumentError: ``target`` is for weights alone, but PyTorch's network differs from Keras's in more.
            ShapeError: ``source`` is of another architecture.
        """
        from corne_applications.conversion import convert

        return convert(self, source, target, overwrite)

    def scale(self, x: Any, mode: str | None = None) -> Any:
        """Scale pixels of 0 to 255 as the model expects its input, or as ``mode`` says."""
        mode = mode or self.mode
        if mode is None:
            return x
        from corne_applications.imagenet_utils import preprocess_input

        return preprocess_input(x, mode=mode)

    def _start(self, options: Options, shape: tuple[int | None, ...]) -> Any:
        tensor = options.input_tensor
        if tensor is None:
            return Input(shape=shape)
        if not isinstance(tensor, SymbolicTensor):
            raise DTypeError(
                f"{self.title}(input_tensor=…)", "a symbolic tensor, as corne.Input returns",
                type(tensor).__name__, "Call the model on arrays instead.",
            )  # fmt: skip
        if len(tensor.shape) != 4:
            raise ArgumentError(
                f"{self.title}(input_tensor=…)", "4 axes: batch, height, width, channels", f"shape {tensor.shape}", ""
            )  # fmt: skip
        return tensor


class StandardApplication(Application):
    """Base of the families with the common order of arguments."""

    def __call__(
        self,
        include_top: bool = True,
        weights: str | os.PathLike[str] | None = "imagenet",
        input_tensor: Any = None,
        input_shape: tuple[int | None, ...] | None = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: Any = "softmax",
        name: str | None = None,
    ) -> Model:
        """Return a model.

        Args:
            include_top: Whether the classifier is part of the model. Default True.
            weights: ``"imagenet"`` (default), None for random ones, a name that a plugin registers, or the path
                of a file: ``.h5``, ``.weights.h5``, ``.keras``, ``.safetensors``, ``.npz``, or PyTorch's ``.pth``.
            input_tensor: A symbolic tensor to begin at. Default: a new Input.
            input_shape: Shape of one image. Default: the architecture's; any height and width without classifier.
            pooling: ``"avg"`` or ``"max"`` pools features to vectors in a model without classifier. Default None.
            classes: Number of classes. Default 1000.
            classifier_activation: Default ``"softmax"``; None for logits.
            name: The model's name. Default: the architecture's.

        Raises:
            ArgumentError: Arguments that don't fit each other or the architecture.
        """
        return self.build(
            Options(
                include_top,
                weights,
                input_tensor,
                input_shape,
                pooling,
                classes,
                classifier_activation,
                name or self.name,
            )
        )


def _activation_name(identifier: Any) -> str:
    """Return an activation's name, ``"linear"`` for None."""
    from corne import activations

    return getattr(activations.get(identifier), "__name__", "")


def _sources(tensor: SymbolicTensor) -> Any:
    """Return the Inputs that ``tensor`` is computed from."""
    found: dict[int, SymbolicTensor] = {}
    seen: set[int] = set()
    stack = [tensor]
    while stack:
        current = stack.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if current.node is None or not current.node.inputs:
            found[id(current)] = current
        else:
            stack.extend(reversed(current.node.inputs))
    sources = list(found.values())
    return sources[0] if len(sources) == 1 else sources
