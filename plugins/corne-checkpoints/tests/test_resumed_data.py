"""Data that draw random numbers, in training that is interrupted and goes on to the same bits."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import corne
import numpy as np
import pytest
from corne import layers, optimizers
from corne.callbacks import Callback
from corne.random import set_random_seed
from corne.utils import PyDataset
from corne_checkpoints.generators import generators_in, global_generators
from corne_checkpoints.rng_recorder import InexactResumeWarning

torch = pytest.importorskip("torch")
pytestmark = [
    pytest.mark.filterwarnings("ignore::corne.training.batch_source.DataRanOutWarning"),
    pytest.mark.skipif("gradients" not in corne.backend.active().capabilities, reason="needs gradients"),
]
X = np.random.default_rng(0).normal(size=(70, 8)).astype("float32")
Y = np.random.default_rng(1).integers(0, 3, 70)
EPOCHS = 3


class Interruption(Exception):
    """What stands for the death of the process."""


class Die(Callback):
    """Raises after a number of batches."""

    def __init__(self, batches: int | None) -> None:
        super().__init__()
        self.left = batches

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Interruption


class Augmented(PyDataset):
    """Batches with noise; the order changes after each epoch. ``draw`` returns noise, ``shuffle`` shuffles."""

    def __init__(
        self, draw: Callable[[], Any], shuffle: Callable[[Any], Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.draw, self.shuffle, self.order = draw, shuffle, np.arange(70)

    def __len__(self) -> int:
        return 5

    def __getitem__(self, index: int) -> Any:
        rows = self.order[index * 14 : index * 14 + 14]
        return X[rows] + np.float32(self.draw()), Y[rows]

    def on_epoch_end(self) -> None:
        if self.shuffle is not None:
            self.shuffle(self.order)


class Own(Augmented):
    """Draws from a generator of its own."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(5)
        super().__init__(self.rng.normal, self.rng.shuffle)


class Late(Augmented):
    """Makes its generator with its first batch."""

    def __init__(self) -> None:
        super().__init__(lambda: vars(self).setdefault("rng", np.random.default_rng(3)).normal())


def shuffling(draw: Callable[[], Any]) -> Iterator[Any]:
    """A generator that shuffles by Python's generator before each pass, and adds noise."""
    rows = list(range(70))
    while True:
        random.shuffle(rows)
        for start in range(0, 70, 14):
            part = rows[start : start + 14]
            yield X[part] + np.float32(draw()), Y[part]


class Mapped:
    """Iterated anew for each epoch, with a function that is mapped over its batches."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __iter__(self) -> Iterator[Any]:
        rows = np.random.permutation(70)
        return (self.function((X[r], Y[r])) for r in np.split(rows, 5))


class InPlace:
    """Shuffles its rows in place at the beginning of each pass, and counts passes and batches."""

    def __init__(self) -> None:
        self.rows, self.passes, self.batches = list(range(70)), 0, 0.0

    def __iter__(self) -> Iterator[Any]:
        random.shuffle(self.rows)
        self.passes += 1
        for start in range(0, 70, 14):
            part = self.rows[start : start + 14]
            self.batches += 0.125
            yield X[part] * np.float32(self.passes) + np.float32(self.batches), Y[part]


class Sampler(torch.utils.data.Sampler):  # type: ignore[misc,name-defined]
    """Likewise, as a sampler."""

    def __init__(self) -> None:
        self.rows = np.arange(70)

    def __iter__(self) -> Iterator[int]:
        np.random.shuffle(self.rows)
        return iter(self.rows.tolist())


class TorchData(torch.utils.data.Dataset):  # type: ignore[misc,name-defined]
    """Samples with noise from PyTorch's global generator."""

    def __len__(self) -> int:
        return 70

    def __getitem__(self, index: int) -> Any:
        return torch.from_numpy(X[index]) + torch.rand(8) * self.scale, int(Y[index])

    def __init__(self, scale: float = 0.0) -> None:
        self.scale = scale


def loader(scale: float = 0.0, **options: Any) -> Any:
    return torch.utils.data.DataLoader(TorchData(scale), batch_size=14, **{"shuffle": True, **options})


def seeded() -> Any:
    return torch.Generator().manual_seed(3)


def weighted() -> Any:
    sampler = torch.utils.data.WeightedRandomSampler(torch.ones(70), 56, generator=seeded())
    return loader(0.1, shuffle=False, sampler=sampler)


SOURCES: dict[str, Callable[[], dict[str, Any]]] = {
    "PyDataset, numpy": lambda: {"x": Augmented(np.random.normal, np.random.shuffle)},
    "PyDataset, python": lambda: {"x": Augmented(random.random, random.shuffle)},
    "PyDataset, python and numpy": lambda: {"x": Augmented(random.random, np.random.shuffle), "shuffle": True},
    "PyDataset, torch": lambda: {"x": Augmented(lambda: torch.rand(())), "shuffle": False},
    "PyDataset, corne": lambda: {"x": Augmented(lambda: float(corne.random.uniform(())))},
    "PyDataset without a thread": lambda: {"x": Augmented(np.random.normal, np.random.shuffle, workers=0)},
    "PyDataset, its own": lambda: {"x": Own()},
    "PyDataset, late": lambda: {"x": Late()},
    "PyDataset in steps": lambda: {"x": Augmented(np.random.normal, np.random.shuffle), "steps_per_epoch": 4},
    "generator": lambda: {"x": shuffling(np.random.normal), "steps_per_epoch": 4},
    "generator, validation too": lambda: {
        "x": shuffling(lambda: 0), "steps_per_epoch": 5,
        "validation_data": shuffling(lambda: 0), "validation_steps": 2,
    },
    "iterable": lambda: {"x": Mapped(lambda batch: (batch[0] * np.float32(random.random()), batch[1]))},
    "iterable in steps": lambda: {"x": Mapped(lambda batch: batch), "steps_per_epoch": 7},
    "iterable that shuffles in place": lambda: {"x": InPlace()},
    "sampler that shuffles in place": lambda: {"x": loader(shuffle=False, sampler=Sampler())},
    "DataLoader": lambda: {"x": loader()},
    "DataLoader with noise": lambda: {"x": loader(0.1)},
    "DataLoader, its own": lambda: {"x": loader(0.1, generator=seeded())},
    "DataLoader, sampler": lambda: {"x": weighted()},
    "DataLoader longer than an epoch": lambda: {"x": loader(0.1), "steps_per_epoch": 3},
    "DataLoader shorter than an epoch": lambda: {"x": loader(0.1), "steps_per_epoch": 8},
    "Dataset": lambda: {"x": TorchData(0.1), "batch_size": 14},
    "two DataLoaders": lambda: {"x": loader(0.1), "validation_data": loader(0.1)},
    "two DataLoaders, own": lambda: {
        "x": loader(generator=seeded()), "validation_data": loader(0.1, generator=seeded()), "validation_steps": 3,
    },
}  # fmt: skip


def run(
    source: Callable[[], dict[str, Any]], die_after: int | None = None, strange: bool = False, **options: Any
) -> Any:
    """Run the program; return what came out, or None if it died. ``strange``: with other global random states."""
    set_random_seed(7)
    torch.manual_seed(7)
    model = corne.Sequential(
        [layers.Input((8,)), layers.Dense(6, activation="relu"), layers.Dropout(0.3), layers.Dense(3)]
    )
    model.compile(optimizers.Adam(0.01), loss, metrics=["accuracy"])
    given = source()
    if strange:
        set_random_seed(99)
        torch.manual_seed(99)
    with contextlib.suppress(Interruption):
        history = model.fit(**given, epochs=EPOCHS, verbose=0, callbacks=[Die(die_after)], **options)
        numbers = [v.numpy() for v in [*model.variables, *model.optimizer.variables]]
        return numbers, history.history, {name: g.read() for name, g in global_generators().items()}
    return None


loss = corne.losses.SparseCategoricalCrossentropy(from_logits=True)


def assert_same(one: Any, two: Any) -> None:
    for a, b in zip(one[0], two[0], strict=True):
        np.testing.assert_array_equal(a, b)
    assert one[1] == two[1]
    assert one[2] == two[2]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("freq", "deaths"), [(1, [4]), (2, [1, 6]), ("epoch", [5])])
def test_draws_go_on(source: str, freq: Any, deaths: list[int], tmp_path: Path) -> None:
    make = SOURCES[source]
    whole = run(make)
    for die_after in deaths:
        folder = tmp_path / str(die_after)
        options = {"checkpoint": folder, "checkpoint_freq": freq, "resume": True}
        assert run(make, die_after, **options) is None
        assert run(make, 1, strange=True, **options) is None
        assert_same(run(make, strange=True, **options), whole)


@pytest.mark.parametrize("source", [key for key in SOURCES if "in place" in key or "PyDataset, " in key])
@pytest.mark.parametrize("die_after", [11, 13])
def test_what_epochs_leave_goes_on(source: str, die_after: int, tmp_path: Path) -> None:
    make = SOURCES[source]
    options = {"checkpoint": tmp_path, "checkpoint_freq": "epoch" if die_after == 11 else 1, "resume": True}
    whole = run(make)
    assert run(make, die_after, **options) is None  # in the third epoch
    assert_same(run(make, strange=True, **options), whole)


class InWorkers(torch.utils.data.Dataset):  # type: ignore[misc,name-defined]
    """Draws from all global generators, in a process of its own."""

    def __len__(self) -> int:
        return 70

    def __getitem__(self, index: int) -> Any:
        noise = random.random() + np.random.random() + float(torch.rand(()))
        return X[index] + np.float32(noise), int(Y[index])


def test_workers_of_a_loader_go_on(tmp_path: Path) -> None:
    def make() -> dict[str, Any]:
        data = torch.utils.data.DataLoader(InWorkers(), batch_size=14, shuffle=True, num_workers=2)
        return {"x": data}

    options = {"checkpoint": tmp_path, "checkpoint_freq": 2, "resume": True}
    whole = run(make)
    assert run(make, 7, **options) is None
    assert_same(run(make, strange=True, **options), whole)


class Noise(layers.Layer):
    """Adds noise from PyTorch's global generator."""

    def call(self, x: Any) -> Any:
        return x + 0.1 * torch.rand(x.shape)


@pytest.mark.parametrize("eager", [True, False])
def test_layers_that_draw_from_the_engine_go_on(eager: bool, tmp_path: Path) -> None:
    def program(die_after: int | None, strange: bool = False, **options: Any) -> Any:
        set_random_seed(7)
        torch.manual_seed(7)
        model = corne.Sequential([layers.Input((8,)), Noise(), layers.Dense(3)])
        model.compile("adam", loss, run_eagerly=eager)
        if strange:
            torch.manual_seed(99)
        with contextlib.suppress(Interruption):
            history = model.fit(
                X, Y, batch_size=14, epochs=EPOCHS, verbose=0, callbacks=[Die(die_after)], **options
            )
            numbers = [v.numpy() for v in [*model.variables, *model.optimizer.variables]]
            return numbers, history.history, torch.get_rng_state().tolist()
        return None

    whole = program(None)
    for die_after in (0, 3, 9):
        options = {"checkpoint": tmp_path / str(die_after), "checkpoint_freq": 2, "resume": True}
        assert program(die_after, **options) is None
        assert_same(program(None, strange=True, **options), whole)


def test_generators_are_found_in_data() -> None:
    class Transform:
        def __init__(self) -> None:
            self.rngs = {"a": random.Random(1), "b": [np.random.RandomState(2)]}

    data = loader(generator=seeded())
    data.dataset.transform = Transform()
    data.dataset.more = np.random.Generator(np.random.MT19937(3)), corne.random.SeedGenerator(4)
    found = generators_in(data)
    assert sorted(found) == [
        ".dataset.more[0]", ".dataset.more[1]", ".dataset.transform.rngs['a']", ".dataset.transform.rngs['b'][0]",
        ".generator",
    ]  # fmt: skip
    draw: dict[str, Callable[[], Any]] = {
        ".generator": lambda: int(torch.randint(1 << 30, (), generator=data.generator)),
        ".dataset.more[0]": lambda: data.dataset.more[0].integers(1 << 30),
        ".dataset.more[1]": data.dataset.more[1].next,
        ".dataset.transform.rngs['a']": data.dataset.transform.rngs["a"].random,
        ".dataset.transform.rngs['b'][0]": data.dataset.transform.rngs["b"][0].normal,
    }
    for name, generator in found.items():
        before = generator.read()
        first = draw[name]()
        assert generator.read() != before
        generator.set(before)
        assert draw[name]() == first


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (lambda: {"x": Augmented(np.random.normal, workers=2)}, r"numpy\) in 2 workers, .*default_rng"),
        (lambda: {"x": loader(num_workers=1, persistent_workers=True)}, "persistent_workers=False"),
        (lambda: {"x": begun(), "steps_per_epoch": 2}, "was used before fit"),
    ],
)
def test_what_can_not_be_exact_is_said(source: Any, message: str, tmp_path: Path) -> None:
    with pytest.warns(InexactResumeWarning, match=message):
        run(source, checkpoint=tmp_path)
    run(source)  # nobody cares where nothing is to go on


def begun() -> Any:
    generator = shuffling(lambda: 0)
    next(generator)
    return generator


def test_data_that_changed_are_noticed(tmp_path: Path) -> None:
    def unseeded() -> dict[str, Any]:
        return {"x": Augmented(np.random.default_rng().normal)}  # a closure, which nobody looks into

    assert run(unseeded, 7, checkpoint=tmp_path, checkpoint_freq=2) is None
    with pytest.warns(InexactResumeWarning, match="Batch 1 of the data isn't what it was"):
        run(unseeded, checkpoint=tmp_path, resume=True)


def test_draws_at_once_are_noticed(tmp_path: Path) -> None:
    class Draw(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            np.random.normal()

    set_random_seed(1)
    model = corne.Sequential([layers.Input((8,)), layers.Dense(3)])
    model.compile("adam", loss)
    data = Augmented(np.random.normal, max_queue_size=1)
    with pytest.warns(InexactResumeWarning, match=r"from the same generator \(numpy\) at once"):
        model.fit(data, epochs=5, verbose=0, callbacks=[Draw()], checkpoint=tmp_path)
