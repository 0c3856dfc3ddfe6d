"""What every layer owes its users, of the image layers that draw nothing.

Those that draw act as in training when they are called alone, so that the kit's calls can't agree:
``test_image_layers.py`` tests them.
"""

from __future__ import annotations

from corne_testkit import Case, LayerConformance


def _pixels(generator, shape):
    return generator.uniform(0, 255, shape)


def _case(name, arguments=None, **options):
    return Case(name, arguments or {}, input_shape=(6, 7, 3), input_data=_pixels, **options)


class TestImageLayers(LayerConformance):
    """Layers that always act."""

    cases = [
        _case(
            "AutoContrast",
            tolerance=1e-3,
            skip={
                "test_training_step": "no scale of the layer before changes the result, so its gradient is 0"
            },
        ),
        _case("CenterCrop", {"height": 3, "width": 4}),
        _case("CenterCrop", {"height": 9, "width": 4}, tolerance=1e-3),
        _case(
            "ContrastLimitedAdaptiveHistogramEqualization",
            {"tile_grid_size": (2, 2)},
            differentiable=False,
            tolerance=1e-2,
        ),
        _case("MaxNumBoundingBoxes", {"max_number": 3}),
        _case("Resizing", {"height": 3, "width": 9}, tolerance=1e-3),
    ]
