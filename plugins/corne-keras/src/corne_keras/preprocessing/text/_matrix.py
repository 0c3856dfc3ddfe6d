"""Rows of counts, frequencies or weights from sequences of numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from corne import checks
from corne.errors import StateError
from numpy.typing import NDArray


def matrix(
    sequences: Sequence[Sequence[int]],
    mode: str,
    columns: int | None,
    document_count: int,
    documents: Mapping[int, int],
) -> NDArray[np.float64]:
    """Return a row for each sequence; see ``Tokenizer.sequences_to_matrix``.

    Source of the weights: variant 2 of term frequency, inverse document frequency smoothed by one,
    https://en.wikipedia.org/wiki/Tf%E2%80%93idf
    """
    mode = checks.one_of("sequences_to_matrix(mode=…)", mode, ("binary", "count", "freq", "tfidf"))
    if columns is None:
        raise StateError(
            "Tokenizer.sequences_to_matrix", "num_words or counted texts", "neither",
            "Pass num_words, or call fit_on_texts first.",
        )  # fmt: skip
    if mode == "tfidf" and not document_count:
        raise StateError(
            "Tokenizer.sequences_to_matrix(mode='tfidf')", "counted texts", "none",
            "Call fit_on_texts or fit_on_sequences first.",
        )  # fmt: skip
    rows = np.zeros((len(sequences), columns))
    for row, sequence in zip(rows, sequences):
        for number, count in Counter(sequence).items():
            if number >= columns:
                continue
            if mode == "binary":
                row[number] = 1
            elif mode == "count":
                row[number] = count
            elif mode == "freq":
                row[number] = count / len(sequence)
            else:
                rarity = math.log(1 + document_count / (1 + documents.get(number, 0)))
                row[number] = (1 + math.log(count)) * rarity
    return rows
