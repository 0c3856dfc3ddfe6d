"""tokenizer_from_json: the tokenizer of a JSON text."""

from __future__ import annotations

import json
from collections import defaultdict

from corne.errors import FileFormatError

from corne_keras.preprocessing.text.tokenizer import Tokenizer


def tokenizer_from_json(json_string: str) -> Tokenizer:
    """Return the tokenizer that ``Tokenizer.to_json``, here or in Keras, wrote.

    Args:
        json_string: The JSON text.

    Raises:
        FileFormatError: It isn't the JSON text of a tokenizer.

    >>> tokenizer = Tokenizer(num_words=10)
    >>> tokenizer.fit_on_texts(["to be or not to be"])
    >>> tokenizer_from_json(tokenizer.to_json()).word_index
    {'to': 1, 'be': 2, 'or': 3, 'not': 4}
    """
    try:
        config = dict(json.loads(json_string)["config"])
        names = ("word_counts", "word_docs", "index_docs", "word_index", "index_word")
        counts = {name: dict(json.loads(config.pop(name))) for name in names}
        for name in ("index_docs", "index_word"):  # JSON's keys are strings
            counts[name] = {int(number): value for number, value in counts[name].items()}
        tokenizer = Tokenizer(**config)
    except (ValueError, TypeError, KeyError) as error:
        raise FileFormatError(
            "tokenizer_from_json", "what Tokenizer.to_json wrote", f"{str(json_string)[:60]!r} ({error!r})"
        ) from error
    tokenizer.word_counts = counts["word_counts"]
    tokenizer.word_docs = defaultdict(int, counts["word_docs"])
    tokenizer.index_docs = defaultdict(int, counts["index_docs"])
    tokenizer.word_index = counts["word_index"]
    tokenizer.index_word = counts["index_word"]
    return tokenizer
