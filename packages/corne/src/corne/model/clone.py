"""Copies of models with weights of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corne import tree
from corne.errors import ArgumentError
from corne.layer import Layer
from corne.model.input_layer import Input
from corne.model.model import Model
from corne.model.sequential import Sequential


def clone_model(
    model: Model,
    input_tensors: Any = None,
    clone_function: Callable[[Layer], Layer] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
    **kwargs: Any,
) -> Model:
    """Return a model like ``model`` with newly initialized weights.

    Args:
        model: A functional, Sequential or subclassed model.
        input_tensors: Symbolic tensors (structured like the model's inputs) to start from. Default: new.
        clone_function: Makes a layer's copy. Default: ``layer.__class__.from_config(layer.get_config())``.
        call_function: Called as ``f(layer, *args, **kwargs)`` instead of calling a copied layer.
            Functional models only.
        recursive: Whether ``clone_function`` is also applied inside nested models. Default False.
        **kwargs: None are supported.

    Raises:
        ArgumentError: An option that this kind of model does not support.
    """
    if kwargs:
        raise ArgumentError("clone_model(…)", "the documented arguments", f"{sorted(kwargs)}", "Remove them.")
    make = clone_function or _copy
    if recursive:
        make = _recursive(clone_function or _copy, call_function)
    if isinstance(model, Sequential):
        if call_function is not None:
            raise ArgumentError(
                "clone_model(call_function=…)", "a functional model", "a Sequential one",
                "Build it with Model(inputs, outputs) to change how layers are called.",
            )  # fmt: skip
        return _clone_sequential(model, input_tensors, make)
    if model._corne_graph is None:
        if input_tensors is not None or clone_function is not None or call_function is not None:
            raise ArgumentError(
                "clone_model(…)", "a functional or Sequential model for these arguments", "a subclassed model",
                "Omit them: a subclassed model is copied through its get_config().",
            )  # fmt: skip
        return _copy(model)  # type: ignore[return-value]
    return _clone_graph(model, input_tensors, make, call_function)


def _copy(layer: Layer) -> Layer:
    return type(layer).from_config(layer.get_config())


def _recursive(clone: Callable[[Layer], Layer], call: Callable[..., Any] | None) -> Callable[[Layer], Layer]:
    def make(layer: Layer) -> Layer:
        if isinstance(layer, Sequential):
            return clone_model(layer, clone_function=clone, recursive=True)
        if isinstance(layer, Model) and layer._corne_graph is not None:
            return clone_model(layer, clone_function=clone, call_function=call, recursive=True)
        return clone(layer)

    return make


def _clone_sequential(model: Sequential, input_tensors: Any, make: Callable[[Layer], Layer]) -> Sequential:
    layers: list[Any] = [make(layer) for layer in model.layers]
    if input_tensors is not None:
        layers.insert(0, tree.flatten(input_tensors)[0])
    elif model._corne_input_layer is not None:
        first = model._corne_input_layer
        layers.insert(0, Input(batch_shape=first.batch_shape, dtype=first.dtype, name=first.name))
    return type(model)(layers, name=model.name, trainable=model.trainable)


def _clone_graph(
    model: Model, input_tensors: Any, make: Callable[[Layer], Layer], call: Callable[..., Any] | None
) -> Model:
    graph = model._corne_graph
    assert graph is not None
    copies: dict[int, Layer] = {}

    def run(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not isinstance(operation, Layer):
            return operation(*args, **kwargs)
        if id(operation) not in copies:
            copies[id(operation)] = make(operation)
        copy = copies[id(operation)]
        return call(copy, *args, **kwargs) if call is not None else copy(*args, **kwargs)

    if input_tensors is None:
        fresh = [
            Input(batch_shape=t.shape, dtype=t.dtype, name=name)
            for t, name in zip(graph.flat_inputs, model.input_names, strict=True)
        ]
        inputs = tree.pack_sequence_as(graph.inputs, fresh)
    else:
        inputs, fresh = input_tensors, tree.flatten(input_tensors)
    outputs = graph.run(fresh, call=run)
    copy = type(model)(inputs, outputs, name=model.name)
    copy.trainable = model.trainable
    return copy
