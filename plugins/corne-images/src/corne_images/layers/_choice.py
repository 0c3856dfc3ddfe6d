"""One of several image layers, chosen by a drawn number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from corne import backend, ops
from corne.backend import Array

from corne_images.layers._affine import AffineLayer
from corne_images.layers._steps import Steps
from corne_images.layers.auto_contrast import AutoContrast
from corne_images.layers.equalization import Equalization
from corne_images.layers.image_layer import Drawn, ImageLayer
from corne_images.layers.random_brightness import RandomBrightness
from corne_images.layers.random_color_degeneration import RandomColorDegeneration
from corne_images.layers.random_contrast import RandomContrast
from corne_images.layers.random_posterization import RandomPosterization
from corne_images.layers.random_rotation import RandomRotation
from corne_images.layers.random_sharpness import RandomSharpness
from corne_images.layers.random_shear import RandomShear
from corne_images.layers.random_translation import RandomTranslation
from corne_images.layers.solarization import Solarization
from corne_images.sampling import affine

COLORS = ("random_brightness", "random_color_degeneration", "random_contrast", "random_sharpness")


def make_steps(
    names: Sequence[str],
    factor: tuple[float, float],
    value_range: tuple[float, float],
    interpolation: str,
    **common: Any,
) -> Steps:
    """Return the layers of these names, all with one factor."""
    values: dict[str, Any] = {"value_range": value_range, **common}
    seen: dict[str, Any] = {"interpolation": interpolation, "seed": 0, **common}
    bits = max(1, int(8 * factor[1]))
    makers: dict[str, Callable[[], ImageLayer]] = {
        "random_shear": lambda: RandomShear(factor, factor, **seen),
        "random_translation": lambda: RandomTranslation(factor, factor, **seen),
        "random_rotation": lambda: RandomRotation(factor, **seen),
        "random_brightness": lambda: RandomBrightness(factor, seed=0, **values),
        "random_color_degeneration": lambda: RandomColorDegeneration(factor, seed=0, **values),
        "random_contrast": lambda: RandomContrast(factor, seed=0, **values),
        "random_sharpness": lambda: RandomSharpness(factor, seed=0, **values),
        "random_posterization": lambda: RandomPosterization(bits, seed=0, **values),
        "solarization": lambda: Solarization(factor, factor, seed=0, **values),
        "auto_contrast": lambda: AutoContrast(**values),
        "equalization": lambda: Equalization(**values),
    }
    return Steps({name: makers[name]() for name in names})


def chosen(
    steps: Steps,
    index: Array,
    drawn: Drawn,
    x: Array,
    apply: Callable[[ImageLayer, Array, Drawn], Array],
) -> Array:
    """Return ``x`` changed by the layer of a number; a number beyond the last changes nothing.

    Without a graph only that layer runs. In a graph all run and one result is taken, as the choice is a number
    that isn't known when the graph is made.
    """
    layers = list(steps.layers.items())
    if backend.active().name == "numpy":
        place = int(index)
        return apply(layers[place][1], x, drawn[layers[place][0]]) if place < len(layers) else x
    result = x
    for place, (name, layer) in enumerate(layers):
        result = ops.where(index == place, apply(layer, x, drawn[name]), result)
    return result


def chosen_images(steps: Steps, index: Array, drawn: Drawn, x: Array) -> Array:
    """Return images changed by the layer of a number.

    Layers that look through a matrix share one look: the matrix is chosen.
    """
    if backend.active().name == "numpy":
        return chosen(steps, index, drawn, x, lambda layer, y, numbers: layer.images(y, numbers))
    result, matrix, looking, places = x, None, None, []
    for place, (name, layer) in enumerate(steps.layers.items()):
        if isinstance(layer, AffineLayer):
            size = x.shape[layer.height_axis], x.shape[layer.width_axis]
            own = layer.matrix(drawn[name], *size)
            matrix = (
                own
                if matrix is None
                else tuple(ops.where(index == place, a, b) for a, b in zip(own, matrix, strict=True))
            )
            looking = layer
            places.append(place)
        else:
            result = ops.where(index == place, layer.images(x, drawn[name]), result)
    if looking is not None and matrix is not None:
        seen = affine(
            x, matrix, looking.interpolation, looking.fill_mode, looking.fill_value, looking.data_format
        )
        mine = index == places[0]
        for place in places[1:]:
            mine = mine | (index == place)
        result = ops.where(mine, seen, result)
    return result
