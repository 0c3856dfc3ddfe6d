"""What every layer owes its users, of all layers of corne-layers."""

from __future__ import annotations

from corne import ops
from corne.saving import register_keras_serializable
from corne_testkit import Case, LayerConformance

_PAIR = [(4, 3), (4, 3)]


def _class_numbers(generator, shape):
    return generator.integers(0, 5, shape)


@register_keras_serializable(package="corne-layers-tests")
def _shifted(inputs, by=1.0):
    return ops.add(inputs, by)


class TestWeighted(LayerConformance):
    """Layers with weights of their own."""

    cases = [
        Case("Dense", {"units": 4}, input_shape=(3,)),
        Case(
            "Dense",
            {"units": 2, "activation": "tanh", "use_bias": False, "kernel_regularizer": "l2"},
            input_shape=(4, 3),
        ),
        Case(
            "Embedding",
            {"input_dim": 5, "output_dim": 3},
            input_shape=(4,),
            input_dtype="int32",
            input_data=_class_numbers,
        ),
        Case(
            "Embedding",
            {"input_dim": 5, "output_dim": 2, "mask_zero": True},
            input_shape=(4,),
            input_dtype="int32",
            input_data=_class_numbers,
        ),
        Case("BatchNormalization", input_shape=(3,), updates_state=True),
        Case(
            "BatchNormalization",
            {"axis": 1, "scale": False, "momentum": 0.5},
            input_shape=(3, 2),
            updates_state=True,
        ),
        Case("LayerNormalization", input_shape=(4, 3)),
        Case("LayerNormalization", {"axis": [1, 2], "center": False}, input_shape=(4, 3)),
        Case("GroupNormalization", {"groups": 2}, input_shape=(3, 4)),
        Case("RMSNormalization", input_shape=(4,)),
        Case("PReLU", {"shared_axes": [1]}, input_shape=(4, 3)),
    ]


class TestWeightless(LayerConformance):
    """Layers that compute without weights."""

    cases = [
        Case("Activation", {"activation": "softplus"}, input_shape=(4, 3)),
        Case("ActivityRegularization", {"l2": 0.1}, input_shape=(4,)),
        Case("ELU", {"alpha": 0.5}, input_shape=(4,)),
        Case("Lambda", {"function": _shifted, "arguments": {"by": 2.0}}, input_shape=(4,)),
        Case("LeakyReLU", {"negative_slope": 0.2}, input_shape=(4,)),
        Case("ReLU", {"max_value": 1.0, "negative_slope": 0.1}, input_shape=(4,)),
        Case(
            "Softmax",
            {"axis": 1},
            input_shape=(4, 3),
            skip={"masks": "its mask has one value for each logit, as in Keras, not one for each step"},
        ),
        Case("Identity", input_shape=(4, 3)),
        Case("UnitNormalization", input_shape=(4,)),
        Case("Masking", {"mask_value": 0.5}, input_shape=(4, 3)),
    ]


class TestShaping(LayerConformance):
    """Layers that move elements."""

    cases = [
        Case("Flatten", input_shape=(2, 3)),
        Case("Flatten", {"data_format": "channels_first"}, input_shape=(2, 3, 2)),
        Case("Permute", {"dims": (2, 1)}, input_shape=(2, 3)),
        Case("RepeatVector", {"n": 2}, input_shape=(3,)),
        Case("Reshape", {"target_shape": (3, -1)}, input_shape=(2, 6)),
    ]


class TestMerging(LayerConformance):
    """Layers with several inputs."""

    cases = [
        Case("Add", input_shape=_PAIR),
        Case("Average", input_shape=_PAIR),
        Case("Maximum", input_shape=_PAIR),
        Case("Minimum", input_shape=_PAIR),
        Case("Multiply", input_shape=_PAIR),
        Case("Subtract", input_shape=_PAIR),
        Case("Concatenate", input_shape=[(4, 3), (4, 2)]),
        Case("Concatenate", {"axis": 1}, input_shape=[(4, 3), (2, 3), (1, 3)]),
        Case("Dot", {"axes": 1}, input_shape=[(4,), (4,)]),
        Case("Dot", {"axes": (1, 2), "normalize": True}, input_shape=[(4, 3), (2, 4)]),
    ]


class TestRandom(LayerConformance):
    """Layers that draw random numbers in training only."""

    cases = [
        Case("Dropout", {"rate": 0.5, "seed": 1}, input_shape=(4,)),
        Case("Dropout", {"rate": 0.5, "noise_shape": [None, 1, 3]}, input_shape=(4, 3)),
        Case("AlphaDropout", {"rate": 0.5}, input_shape=(4,)),
        Case("GaussianDropout", {"rate": 0.5}, input_shape=(4,)),
        Case("GaussianNoise", {"stddev": 0.5}, input_shape=(4,)),
        Case("SpatialDropout1D", {"rate": 0.5}, input_shape=(4, 3)),
        Case("SpatialDropout2D", {"rate": 0.5}, input_shape=(4, 3, 2)),
        Case("SpatialDropout3D", {"rate": 0.5}, input_shape=(4, 3, 2, 2)),
    ]
