"""make_sampling_table: how often word2vec keeps a word of each rank."""

from __future__ import annotations

import numpy as np
from corne import checks
from numpy.typing import NDArray

_GAMMA = 0.577  # Euler and Mascheroni's constant, with the digits that Keras gives it


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> NDArray[np.float64]:
    """Return the probability to keep the word of each rank, for ``skipgrams(sampling_table=…)``.

    ``min(1, sqrt(sampling_factor / frequency))``, where the frequency of rank r follows Zipf's law:
    ``1 / (r * (ln r + gamma) + 1/2 - 1/(12 r))``. Rank 0 counts as rank 1.

    Args:
        size: Number of ranks.
        sampling_factor: Frequency from which on words are left out at times. Default 1e-5.

    Shapes:
        output ``(size,)``.

    Raises:
        ArgumentError: ``size`` isn't a positive integer, or ``sampling_factor`` not above 0.

    Source: Mikolov et al. 2013, section 2.3, https://arxiv.org/abs/1310.4546

    >>> make_sampling_table(3).round(5)
    array([0.00315, 0.00315, 0.00548])
    """
    rank = np.arange(checks.integer("make_sampling_table(size)", size, least=1), dtype="float64")
    rank[0] = 1
    factor = checks.number("make_sampling_table(sampling_factor=…)", sampling_factor, above=0)
    inverse_frequency = rank * (np.log(rank) + _GAMMA) + 0.5 - 1.0 / (12.0 * rank)
    kept: NDArray[np.float64] = np.minimum(1.0, np.sqrt(factor * inverse_frequency))
    return kept
