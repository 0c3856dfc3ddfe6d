"""Text and statistics: ``python benchmarks/preprocessing.py --keras-python PATH``.

``PATH`` is a Python with tensorflow and keras, in an environment of its own; without it Keras's figures are left
out. Rounds alternate between the frameworks; figures are the best of all rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any


def best(run: Callable[[], Any], repeats: int) -> float:
    """Return the least seconds of a run."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def text(framework: str, repeats: int) -> dict[str, float]:
    """Return megabytes a second of TextVectorization, on 10,000 texts of 150 words with Zipf's frequencies."""
    import numpy as np

    generator = np.random.default_rng(0)
    words = np.array(
        ["".join(map(chr, generator.integers(97, 123, generator.integers(2, 10)))) for _ in range(20000)]
    )
    share = 1 / np.arange(1, 20001)
    chosen = generator.choice(20000, (10000, 150), p=share / share.sum())
    texts = [" ".join(word.capitalize() for word in words[row]) + "." for row in chosen]
    size = sum(map(len, texts)) / 1e6
    if framework == "keras":
        os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3")
        import tensorflow
        from keras import layers

        tensorflow.config.threading.set_intra_op_parallelism_threads(1)
        data: Any = tensorflow.constant(texts)
    else:
        from corne import layers

        data = np.array(texts, object)
    layer = layers.TextVectorization(max_tokens=20000, output_sequence_length=200)
    adapt = best(lambda: layer.adapt(data), repeats)
    call = best(lambda: [layer(data[start : start + 256]) for start in range(0, 10000, 256)], repeats)
    return {"adapt": size / adapt, "call": size / call}


def normalization(repeats: int) -> None:
    """Print the seconds of adapt() over 1 GB in batches beside those of NumPy's mean and variance of the whole."""
    import numpy as np
    from corne import layers

    x = np.random.default_rng(0).standard_normal((2_500_000, 100), dtype="float32")
    theirs = best(lambda: (np.mean(x, 0), np.var(x, 0)), repeats)
    ours = best(
        lambda: layers.Normalization().adapt(x[i : i + 10000] for i in range(0, len(x), 10000)), repeats
    )
    print(f"Normalization.adapt, 1 GB: {ours:.2f} s, numpy {theirs:.2f} s, ratio {ours / theirs:.2f}")


def predict(repeats: int) -> None:
    """Print the microseconds of predict() on one text, and on its ids with the same layers."""
    import numpy as np
    from corne import Input, Model, layers

    vectorize = layers.TextVectorization(output_sequence_length=6)
    vectorize.adapt(["un film magnifique", "un film nul"])
    tail = [layers.Embedding(10, 8), layers.GlobalAveragePooling1D(), layers.Dense(1)]
    words, numbers = Input((1,), dtype="string"), Input((6,), dtype="int64")
    y, z = vectorize(words), numbers
    for layer in tail:
        y, z = layer(y), layer(z)
    one = np.array(["un film nul"])
    ids = np.asarray(vectorize(one))
    for name, model, x in (("text", Model(words, y), one), ("ids", Model(numbers, z), ids)):
        for _ in range(300):
            model.predict(x, verbose=0)
        print(
            f"predict on {name}: {best(lambda m=model, x=x: m.predict(x, verbose=0), 300 * repeats) * 1e6:.0f} µs"
        )


def main() -> None:
    """Run everything, or one measurement for a parent process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keras-python")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--measure", choices=["corne", "keras"])
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(text(given.measure, given.repeats)))
        return
    pythons = {"corne": sys.executable, "keras": given.keras_python}
    found: dict[str, dict[str, float]] = {}
    for _ in range(given.rounds):
        for name, python in pythons.items():
            if python:
                command = [python, __file__, "--measure", name, "--repeats", str(given.repeats)]
                output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                for key, value in json.loads(output.splitlines()[-1]).items():
                    found.setdefault(key, {})[name] = max(value, found.get(key, {}).get(name, 0))
    for key, rates in found.items():
        print(
            f"TextVectorization, {key}: "
            + ", ".join(f"{name} {rate:.1f} MB/s" for name, rate in rates.items())
        )
    normalization(given.repeats)
    predict(given.repeats)


if __name__ == "__main__":
    main()
