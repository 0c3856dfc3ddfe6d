"""Bidirectional: a recurrent layer over sequences in both directions."""

from __future__ import annotations

from typing import Any, Self

from corne import ops, serialization
from corne.backend import Array
from corne.errors import ArgumentError, StateError, nearest
from corne.layer import Layer
from corne.layer.shapes import is_shape
from corne.layer.signature import signature_of
from corne.masking import set_mask

_MERGE_MODES = ("concat", "sum", "mul", "ave", None)


class Bidirectional(Layer):
    """Run a recurrent layer forwards and another one like it backwards, and merge their outputs.

    Both are made from the config of ``layer``. With ``return_sequences`` masked steps give zeros,
    whatever ``layer`` says, so that outputs of one step merge that belong together.

    Args:
        layer: A recurrent layer, such as LSTM; or any with the arguments ``go_backwards``,
            ``return_sequences``, ``return_state`` and ``stateful``.
        merge_mode: "concat" (default) on the last axis, "sum", "mul", "ave" (the mean), or None to return both
            outputs.
        weights: Start values, the forward layer's and then the backward layer's. Default None: initialized.
        backward_layer: The layer for the other direction. Default None: like ``layer``, with the opposite of
            its ``go_backwards``.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        sequences ``(batch, steps, ...)``; initial_state the forward layer's states followed by the backward
        layer's; output as that of ``layer``, twice as large on the last axis for "concat", or a pair for None;
        followed with ``return_state`` by the states, in the order of initial_state.

    Raises:
        ArgumentError: ``layer`` or ``backward_layer`` is no such layer, both go in one direction, or differ in
            what they return; or an unknown ``merge_mode``.

    Source: Schuster and Paliwal 1997, https://doi.org/10.1109/78.650093

    >>> import numpy as np
    >>> from corne.layers import LSTM
    >>> tuple(Bidirectional(LSTM(3))(np.ones((2, 5, 4))).shape)
    (2, 6)
    """

    def __init__(
        self,
        layer: Layer,
        merge_mode: str | None = "concat",
        weights: list[Any] | None = None,
        backward_layer: Layer | None = None,
        **kwargs: Any,
    ) -> None:
        _check_layer("layer", layer)
        if backward_layer is not None:
            _check_layer("backward_layer", backward_layer)
        if merge_mode not in _MERGE_MODES:
            raise ArgumentError(
                "Bidirectional(merge_mode=…)", f"one of {_MERGE_MODES}", repr(merge_mode),
                nearest(str(merge_mode), [m for m in _MERGE_MODES if m]).strip(),
            )  # fmt: skip
        super().__init__(**kwargs)
        given: Any = layer
        forward = _remade(given, f"forward_{given.name.removeprefix('forward_')}")
        backward: Any = backward_layer
        if backward is None:
            name = f"backward_{given.name.removeprefix('backward_')}"
            backward = _remade(given, name, go_backwards=not given.go_backwards)
        self.forward_layer = forward
        self.backward_layer = backward
        self._check_pair()
        for each in (self.forward_layer, self.backward_layer):
            if hasattr(given, "use_cudnn"):  # which configs leave out
                each.use_cudnn = given.use_cudnn
            if hasattr(each, "zero_output_for_mask"):
                each.zero_output_for_mask = each.return_sequences
        self.merge_mode = merge_mode
        self._start_weights = None if weights is None else list(weights)
        self.stateful = bool(forward.stateful)
        self.return_sequences = bool(forward.return_sequences)
        self.return_state = bool(forward.return_state)
        self.supports_masking = True
        self.input_spec = layer.input_spec

    def _check_pair(self) -> None:
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ArgumentError(
                "Bidirectional(backward_layer=…)", f"go_backwards={not forward.go_backwards}",
                f"{backward.go_backwards}, as layer has", "Give the two layers opposite directions.",
            )  # fmt: skip
        for name in ("stateful", "return_sequences", "return_state"):
            one, other = getattr(forward, name), getattr(backward, name)
            if one != other:
                raise ArgumentError(
                    "Bidirectional(backward_layer=…)", f"{name}={one}, as layer has", f"{other}",
                    "Give both layers the same value.",
                )  # fmt: skip

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Build both layers."""
        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer.build(sequences_shape)
        if self._start_weights is not None:
            self.set_weights(self._start_weights)

    def call(
        self, sequences: Any, initial_state: Any = None, mask: Array | None = None, training: bool = False
    ) -> Any:
        """Run in both directions."""
        states: list[Any] = [None, None]
        if initial_state is not None:
            half = len(initial_state) // 2
            if len(initial_state) % 2:
                raise ArgumentError(
                    f"{self.name}(initial_state=…)", "as many states for either direction",
                    f"{len(initial_state)} states", "Pass the forward layer's, then the backward layer's.",
                )  # fmt: skip
            states = [initial_state[:half], initial_state[half:]]
        results = []
        for layer, state in zip((self.forward_layer, self.backward_layer), states, strict=True):
            signature = signature_of(type(layer).call)
            extra: dict[str, Any] = {"training": training} if signature.has_training else {}
            if signature.has_mask:
                extra["mask"] = mask
            if state is not None:
                extra["initial_state"] = state
            results.append(layer(sequences, **extra))
        last_states: tuple[Any, ...] = ()
        if self.return_state:
            last_states = (*results[0][1:], *results[1][1:])
            results = [result[0] for result in results]
        forward, backward = (ops.cast(result, self.compute_dtype) for result in results)
        if self.return_sequences:  # either layer gives its outputs in the order it makes them
            backward = ops.flip(backward, 1)
            if mask is not None and self.merge_mode is None:  # the forward layer marked its own output
                set_mask(backward, mask)
        merged = self._merge(forward, backward)
        if self.merge_mode is None:
            return (*merged, *last_states)
        return (merged, *last_states) if self.return_state else merged

    def _merge(self, forward: Array, backward: Array) -> Any:
        if self.merge_mode == "concat":
            return ops.concatenate([forward, backward], axis=-1)
        if self.merge_mode == "mul":
            return ops.multiply(forward, backward)
        if self.merge_mode is None:
            return forward, backward
        total = ops.add(forward, backward)
        return ops.divide(total, 2) if self.merge_mode == "ave" else total

    # -- states ---------------------------------------------------------------------------------------
    @property
    def states(self) -> tuple[Any, ...] | None:
        """The variables that stateful layers keep their states in, once they are built."""
        pair = self.forward_layer.states, self.backward_layer.states
        return None if None in pair else (*pair[0], *pair[1])

    def reset_state(self) -> None:
        """Set the states of both layers to zeros.

        Raises:
            StateError: They aren't stateful.
        """
        if not self.stateful:
            raise StateError(
                f"{self.name}.reset_state()", "a stateful layer", "one without states that last",
                "Pass stateful=True to the wrapped layer.",
            )  # fmt: skip
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def reset_states(self) -> None:
        """Do what :meth:`reset_state` does, under its name of Keras 2."""
        self.reset_state()

    # -- describing -----------------------------------------------------------------------------------
    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Return the mask for outputs of all steps; the last step's and the states have none."""
        mask = previous_mask[0] if isinstance(previous_mask, (list, tuple)) else previous_mask
        mask = mask if self.return_sequences else None
        masks = [mask, mask] if self.merge_mode is None else [mask]
        if self.return_state:
            count = len(getattr(self.forward_layer, "state_size", ())) * 2
            return [*masks, *(None for _ in range(count))]
        return masks if self.merge_mode is None else mask

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return the shape of the output or outputs, followed by the states' with ``return_state``."""
        shapes, states = [], []
        for layer in (self.forward_layer, self.backward_layer):
            shape = layer.compute_output_shape(sequences_shape)
            if self.return_state and not is_shape(shape):
                shape, *rest = shape
                states.extend(rest)
            shapes.append(tuple(shape))
        forward, backward = shapes
        if self.merge_mode is None:
            return (forward, backward, *states)
        shape = (*forward[:-1], forward[-1] + backward[-1]) if self.merge_mode == "concat" else forward
        return (shape, *states) if self.return_state else shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, but ``weights``."""
        return {
            **super().get_config(),
            "merge_mode": self.merge_mode,
            "layer": serialization.serialize_object(self.forward_layer),
            "backward_layer": serialization.serialize_object(self.backward_layer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a layer with the configuration of :meth:`get_config`."""
        config = dict(config)
        for name in ("layer", "backward_layer"):
            if config.get(name) is not None:
                config[name] = serialization.deserialize_object(config[name], kind="layers")
        return cls(**config)


def _check_layer(argument: str, layer: Any) -> None:
    needed = ("go_backwards", "return_sequences", "return_state", "stateful")
    missing = [name for name in needed if not hasattr(layer, name)]
    if not isinstance(layer, Layer) or missing:
        raise ArgumentError(
            f"Bidirectional({argument}=…)", f"a layer with {', '.join(needed)}", repr(layer),
            "Pass a recurrent layer, such as corne.layers.LSTM(8).",
        )  # fmt: skip


def _remade(layer: Layer, name: str, **changes: Any) -> Any:
    """Return a layer like ``layer``, with weights of its own."""
    config = serialization.serialize_object(layer)
    config.pop("build_config", None)
    config["config"] = {**config["config"], "name": name, **changes}
    return serialization.deserialize_object(config, kind="layers")
