"""Write ``facts.json``: what Keras with TensorFlow makes of the cases in ``cases.json``.

Run in an environment of its own, which needs nothing of Corne::

    pip install tensorflow-cpu==2.21 keras==3.15.1 && KERAS_BACKEND=tensorflow python make_facts.py
"""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).parent


def data(value):
    """Return a case's data: ``{"hex": "ff"}`` stands for bytes."""
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"])
    return [data(item) for item in value] if isinstance(value, list) else value


def arguments(case):
    """Return the constructor's arguments; JSON has no tuples."""
    return {
        key: tuple(value) if key == "ngrams" and isinstance(value, list) else value
        for key, value in case["arguments"].items()
    }


def fact(case, tensorflow, keras):
    """Return outputs and vocabulary, with what is not UTF-8 as lone surrogates."""
    layer = getattr(keras.layers, case["layer"])(**arguments(case))
    if "adapt" in case:
        layer.adapt(tensorflow.constant(data(case["adapt"])))
    call = data(case["call"])
    inputs = [tensorflow.constant(x) for x in call] if case.get("several") else tensorflow.constant(call)
    found = {"output": layer(inputs).numpy().tolist()}
    if hasattr(layer, "get_vocabulary"):
        lookup = getattr(layer, "_lookup_layer", layer)
        if case["layer"] == "IntegerLookup":
            found["vocabulary"] = [int(token) for token in layer.get_vocabulary()]
        else:
            keys, ids = lookup.lookup_table.export()
            pairs = sorted(zip(ids.numpy().tolist(), keys.numpy().tolist(), strict=True))
            found["tokens"] = [token.decode("utf-8", "surrogateescape") for _, token in pairs]
    return found


if __name__ == "__main__":
    import keras
    import tensorflow

    facts = [fact(case, tensorflow, keras) for case in json.loads((HERE / "cases.json").read_text("utf-8"))]
    (HERE / "facts.json").write_text(json.dumps(facts).replace("}, {", "},\n {") + "\n", "utf-8")
