"""skipgrams: pairs of words that stand together, and pairs that don't."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from corne import checks
from corne.errors import ArgumentError


def skipgrams(
    sequence: Sequence[int],
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool = True,
    categorical: bool = False,
    sampling_table: Sequence[float] | None = None,
    seed: int | None = None,
) -> tuple[list[list[int]], list[Any]]:
    """Return pairs of a word and a neighbour (label 1), and pairs of a word and a random word (label 0).

    All draws come from Python's module ``random``, as in Keras, and with ``shuffle`` its generator is seeded
    here: with ``seed``, or else a drawn one. ``seed`` decides on the order alone; for the same negative
    samples call ``random.seed`` before.

    Args:
        sequence: Numbers of words. 0 is no word, and skipped.
        vocabulary_size: Random words are from 1 to ``vocabulary_size - 1``.
        window_size: How many words on each side are neighbours. Default 4.
        negative_samples: Number of pairs with label 0 for each pair with label 1. Default 1.
        shuffle: Whether the pairs are shuffled. Default True.
        categorical: Whether labels are ``[0, 1]`` and ``[1, 0]`` instead of 1 and 0. Default False.
        sampling_table: Probability to keep the word of each number, by ``make_sampling_table``. Default None:
            all are kept.
        seed: For the order. Default None: a drawn one.

    Returns:
        The pairs, and their labels.

    Raises:
        ArgumentError: An argument out of range, or a word beyond ``sampling_table``.

    Source: Mikolov et al. 2013, https://arxiv.org/abs/1301.3781

    >>> skipgrams([1, 2, 3], 4, window_size=1, negative_samples=0, shuffle=False)
    ([[1, 2], [2, 1], [2, 3], [3, 2]], [1, 1, 1, 1])
    """
    window = checks.integer("skipgrams(window_size=…)", window_size, least=0)
    share = checks.number("skipgrams(negative_samples=…)", negative_samples, least=0)
    if seed is not None:
        seed = checks.integer("skipgrams(seed=…)", seed)
    words = range(1, checks.integer("skipgrams(vocabulary_size)", vocabulary_size, least=2))
    couples = _neighbours(sequence, window, sampling_table)
    labels: list[Any] = [[0, 1] if categorical else 1 for _ in couples]
    if share > 0:
        count = int(len(couples) * share)
        centres = [couple[0] for couple in couples]
        random.shuffle(centres)
        couples += [[centres[i % len(centres)], random.randint(1, words[-1])] for i in range(count)]
        labels += [[1, 0] if categorical else 0 for _ in range(count)]
    if shuffle:
        seed = random.randint(0, 10_000_000) if seed is None else seed
        for values in (couples, labels):  # equal lengths and equal seeds: the same order
            random.seed(seed)
            random.shuffle(values)
    return couples, labels


def _neighbours(
    sequence: Sequence[int], window: int, sampling_table: Sequence[float] | None
) -> list[list[int]]:
    couples = []
    for i, word in enumerate(sequence):
        if not word:
            continue
        if sampling_table is not None:
            if word >= len(sampling_table):
                raise ArgumentError(
                    f"skipgrams(sequence)[{i}]", f"a word below {len(sampling_table)}", str(word),
                    "Make a larger sampling_table.",
                )  # fmt: skip
            if sampling_table[word] < random.random():
                continue
        near = range(max(0, i - window), min(len(sequence), i + window + 1))
        couples += [[word, sequence[j]] for j in near if j != i and sequence[j]]
    return couples
