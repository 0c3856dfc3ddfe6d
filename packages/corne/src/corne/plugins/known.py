"""Which first-party distribution provides which name.

So that a name whose package is absent says which to install, and so that no other plugin takes one over.
``corne plugins stubs --first-party`` writes this file; a test fails when it drifts from the plugins.
"""

from __future__ import annotations

#: Our own plugins, whether they register a known name or not.
FIRST_PARTY = frozenset(
    {
        "corne-activations",
        "corne-applications",
        "corne-attention",
        "corne-conv",
        "corne-cpu",
        "corne-cuda",
        "corne-keras",
        "corne-layers",
        "corne-losses",
        "corne-metrics",
        "corne-numpy",
        "corne-optimizers",
        "corne-preprocessing",
        "corne-recurrent",
        "corne-visualization",
    }
)

#: ``{kind: {distribution: names}}``
NAMES: dict[str, dict[str, str]] = {
    "layers": {
        "corne-layers": "Dense Activation Flatten Reshape Lambda Dropout Embedding Masking BatchNormalization "
        "LayerNormalization Add Concatenate",
        "corne-conv": "Conv2D MaxPooling2D GlobalAveragePooling2D ZeroPadding2D UpSampling2D",
        "corne-recurrent": "SimpleRNN LSTM GRU Bidirectional TimeDistributed",
        "corne-attention": "MultiHeadAttention",
    },
    "activations": {
        "corne-activations": "relu sigmoid tanh softmax gelu silu linear softplus elu leaky_relu",
    },
    "losses": {
        "corne-losses": "MeanSquaredError BinaryCrossentropy CategoricalCrossentropy SparseCategoricalCrossentropy",
    },
    "metrics": {"corne-metrics": "Accuracy AUC"},
    "optimizers": {"corne-optimizers": "SGD Adam AdamW RMSprop"},
    "backends": {"corne-numpy": "numpy", "corne-cpu": "cpu", "corne-cuda": "cuda"},
}

#: ``{kind: {name: distribution}}``
OWNERS: dict[str, dict[str, str]] = {
    kind: {name: distribution for distribution, names in table.items() for name in names.split()}
    for kind, table in NAMES.items()
}
