"""Words and numbers against the code of Keras 2 that Keras 3.15 keeps."""

from __future__ import annotations

import os

import corne
import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
theirs = pytest.importorskip("keras.src.legacy.preprocessing.text")
pytestmark = pytest.mark.oracle

ours = corne.preprocessing.text
TEXTS = [
    "L'été, à Paris: 3 €! L'été?",
    "Çok güzel İSTANBUL (Türkiye) güzel",
    ["Already", "split", "already"],
    "emoji 🎉🎉 and\ttabs\nand_lines",
    "",
    "the cat the dog the cat sat on",
]
QUERIES = [*TEXTS, "a dog unseen; the été"]


@pytest.mark.parametrize("oov_token", [None, "<oov>"])
@pytest.mark.parametrize("num_words", [None, 4, 12])
@pytest.mark.parametrize("options", [{}, {"char_level": True}, {"lower": False, "filters": "!?"}])
def test_tokenizer(num_words, oov_token, options):
    pair = [module.Tokenizer(num_words, oov_token=oov_token, **options) for module in (ours, theirs)]
    for tokenizer in pair:
        tokenizer.fit_on_texts(TEXTS[:3])
        tokenizer.fit_on_texts(TEXTS[3:])
    mine, reference = pair
    assert mine.word_index == reference.word_index
    assert mine.get_config().keys() == reference.get_config().keys()
    for name in ("word_counts", "word_docs", "index_docs", "index_word", "document_count"):
        assert getattr(mine, name) == getattr(reference, name)
    sequences = mine.texts_to_sequences(QUERIES)
    assert sequences == reference.texts_to_sequences(QUERIES)
    assert mine.sequences_to_texts(sequences + [[500]]) == reference.sequences_to_texts(sequences + [[500]])
    for mode in ("binary", "count", "freq", "tfidf"):
        expected = reference.texts_to_matrix(QUERIES, mode)
        np.testing.assert_allclose(mine.texts_to_matrix(QUERIES, mode), expected, rtol=1e-14)
    assert theirs.tokenizer_from_json(mine.to_json()).word_index == mine.word_index
    assert ours.tokenizer_from_json(reference.to_json()).texts_to_sequences(QUERIES) == sequences


@pytest.mark.parametrize("hash_function", [None, "md5", len])
def test_hashes(hash_function):
    for text in (text for text in QUERIES if isinstance(text, str)):
        assert ours.text_to_word_sequence(text) == theirs.text_to_word_sequence(text)
        assert ours.hashing_trick(text, 50, hash_function) == theirs.hashing_trick(text, 50, hash_function)
        assert ours.one_hot(text, 50) == theirs.one_hot(text, 50)
