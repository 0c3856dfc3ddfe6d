"""Teach a trained network new classes: features first, then fine tuning; draw what it learned.

    pip install "corne[cpu]" "corne-applications[lite]" corne-visualization scikit-learn
    python examples/transfer_learning.py --output transfer-output

Three folders of pictures are made: pieces of two photographs of scikit-learn's, and enlarged handwritten digits.
A network that was trained on ImageNet, EfficientNet-Lite0, turns each into 1280 numbers. A new classifier learns on
those. Then the network's last blocks are trained, too, at a low rate.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import corne
import numpy as np
from corne import Sequential, applications, layers
from PIL import Image
from sklearn.datasets import load_digits, load_sample_image

SIZE = 96  # pixels
CLASSES = ("digit", "flower", "palace")


def write_pictures(folder: Path, count: int = 40) -> None:
    """Write ``count`` pictures of each class into a folder of its own."""
    generator = np.random.default_rng(0)
    photos = {"flower": load_sample_image("flower.jpg"), "palace": load_sample_image("china.jpg")}
    digits = load_digits().images
    for name in CLASSES:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            if name == "digit":
                picture = Image.fromarray((digits[number] * 15.9).astype("uint8")).convert("RGB")
            else:
                height, width, _ = photos[name].shape
                side = int(generator.integers(120, 260))
                top, left = generator.integers(0, height - side), generator.integers(0, width - side)
                picture = Image.fromarray(photos[name][top : top + side, left : left + side])
            picture.resize((SIZE, SIZE)).save(folder / name / f"{number:02}.png")


def read_pictures(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return all pictures, scaled for the network, and the numbers of their classes, shuffled."""
    files = sorted(folder.glob("*/*.png"))
    x = applications.EfficientNetLite0.preprocess(files, size=SIZE, crop=1.0)
    y = np.array([CLASSES.index(file.parent.name) for file in files])
    order = np.random.default_rng(1).permutation(len(files))
    return x[order], y[order]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--output", type=Path, default=Path("transfer-output"), help="Folder for the results."
    )
    output = parser.parse_args().output
    corne.utils.set_random_seed(0)
    write_pictures(output / "pictures")
    x, y = read_pictures(output / "pictures")
    train, held_out = slice(0, 90), slice(90, None)

    base = applications.EfficientNetLite0(include_top=False, pooling="avg", input_shape=(SIZE, SIZE, 3))
    base.trainable = False  # its normalization keeps ImageNet's moments, too
    model = Sequential([base, layers.Dropout(0.2), layers.Dense(len(CLASSES), activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    first = model.fit(x[train], y[train], validation_data=(x[held_out], y[held_out]), epochs=6, verbose=0)

    base.trainable = True
    for layer in base.layers:  # all but the last stage, and every normalization, stay as they are
        if not layer.name.startswith(("block7", "top_")) or isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    model.compile(
        optimizer=corne.optimizers.Adam(1e-4), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    second = model.fit(x[train], y[train], validation_data=(x[held_out], y[held_out]), epochs=3, verbose=0)

    _, accuracy = model.evaluate(x[held_out], y[held_out], verbose=0)
    print(f"{accuracy:.0%} of {len(y[held_out])} pictures that it hasn't seen are named correctly")
    model.save(output / "model.keras")
    draw(output / "result.png", first.history["val_loss"] + second.history["val_loss"], len(first.epoch), model,
         x[held_out], y[held_out])  # fmt: skip
    print(f"See {output / 'result.png'}")


def draw(
    path: Path, losses: list[float], unfrozen: int, model: Sequential, x: np.ndarray, y: np.ndarray
) -> None:
    """Draw the loss by epoch, and pictures with the names that the network gives them."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 4, figsize=(10, 5.5), layout="constrained")
    grid = axes[0, 0].get_gridspec()
    for axis in axes[0]:
        axis.remove()
    curve = figure.add_subplot(grid[0, :])
    curve.plot(range(1, len(losses) + 1), losses, marker="o")
    curve.axvline(unfrozen + 0.5, linestyle=":", color="gray")
    curve.annotate("fine tuning", (unfrozen + 0.6, max(losses)), color="gray", va="top")
    curve.set(xlabel="epoch", ylabel="loss of held-out pictures", yscale="log")
    scores = np.asarray(model.predict(x[:4], verbose=0))
    for axis, picture, score, label in zip(axes[1], x, scores, y, strict=False):
        best = int(score.argmax())
        axis.imshow(picture.astype("uint8"))
        axis.set_title(f"{CLASSES[best]} {score[best]:.0%}", color="green" if best == label else "red")
        axis.axis("off")
    figure.savefig(path)


if __name__ == "__main__":
    main()
