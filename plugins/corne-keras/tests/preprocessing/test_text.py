"""Words, hashes and Tokenizer."""

from __future__ import annotations

import json
import math

import corne
import numpy as np
import pytest
from corne.errors import ArgumentError, DTypeError, FileFormatError, StateError, UnknownArgumentError

text = corne.preprocessing.text
TEXTS = ["The cat sat on the mat.", "The dog sat; the dog barked!", "Cats & dogs, dogs"]


def fitted(**arguments):
    tokenizer = text.Tokenizer(**arguments)
    tokenizer.fit_on_texts(TEXTS)
    return tokenizer


def test_words():
    assert text.text_to_word_sequence("Don't stop, believin'\tnow") == ["don't", "stop", "believin'", "now"]
    assert text.text_to_word_sequence("A-B", filters="", lower=False) == ["A-B"]
    assert text.text_to_word_sequence("one,two", split=",") == ["one", "two"]
    assert text.text_to_word_sequence("Straße Ünïcode 中文。") == ["straße", "ünïcode", "中文。"]
    assert text.text_to_word_sequence("") == []


def test_hashes():
    # md5("a") = 0cc175b9c0f1b6a831c399e269772661
    number = int("0cc175b9c0f1b6a831c399e269772661", 16) % 9 + 1
    assert text.hashing_trick("a A", 10, "md5") == [number, number]
    assert text.hashing_trick("ab c", 10, len) == [3, 2]
    assert text.hashing_trick("ab", 10, len, analyzer=list) == [2, 2]
    assert text.one_hot("word", 10) == [hash("word") % 9 + 1]


def test_frequent_words_come_first_and_ties_keep_their_order():
    tokenizer = fitted()
    # the 4, dog 2, sat 2, dogs 2: of these sat was first
    assert list(tokenizer.word_index)[:4] == ["the", "sat", "dog", "dogs"]
    assert tokenizer.word_counts["the"] == 4
    assert tokenizer.word_docs["the"] == 2
    assert tokenizer.index_docs[1] == 2
    assert tokenizer.document_count == 3
    assert tokenizer.index_word[1] == "the"


@pytest.mark.parametrize(
    "arguments, expected",
    [({}, [1, 6, 2]), ({"num_words": 3}, [1, 2]), ({"oov_token": "?"}, [2, 1, 7, 3])],
)
def test_sequences(arguments, expected):
    tokenizer = fitted(**arguments)
    words = ["the", "zebra", "on", "sat"]
    assert tokenizer.word_index["on"] == 6 + ("oov_token" in arguments)
    assert tokenizer.texts_to_sequences([" ".join(words)]) == [expected]
    assert tokenizer.texts_to_sequences([words]) == [expected]


def test_unknown_words_come_back_as_the_token():
    tokenizer = fitted(num_words=3, oov_token="?")
    assert tokenizer.texts_to_sequences(["the cat"]) == [[2, 1]]
    assert tokenizer.sequences_to_texts([[2, 5, 99]]) == ["the ? ?"]


def test_matrices():
    tokenizer = text.Tokenizer()
    tokenizer.fit_on_texts(["a a b", "a"])
    np.testing.assert_array_equal(tokenizer.texts_to_matrix(["b b a a a"]), [[0, 1, 1]])
    np.testing.assert_array_equal(tokenizer.texts_to_matrix(["b b a a a"], "count"), [[0, 3, 2]])
    np.testing.assert_array_equal(tokenizer.texts_to_matrix(["b b a a"], "freq"), [[0, 0.5, 0.5]])
    # two texts: a in both, b in one; (1 + ln 3) ln(1 + 2/3), (1 + ln 2) ln(1 + 2/2)
    weights = [[0, (1 + math.log(3)) * math.log(5 / 3), (1 + math.log(2)) * math.log(2)]]
    np.testing.assert_allclose(tokenizer.texts_to_matrix(["b b a a a"], "tfidf"), weights)


def test_characters():
    tokenizer = text.Tokenizer(char_level=True)
    tokenizer.fit_on_texts(["Abba"])
    assert tokenizer.texts_to_sequences(["ab c"]) == [[1, 2]]


def test_json_round_trip():
    tokenizer = fitted(num_words=5, oov_token="é")
    again = text.tokenizer_from_json(tokenizer.to_json(indent=1))
    assert again.get_config() == tokenizer.get_config()
    assert again.texts_to_sequences(TEXTS) == tokenizer.texts_to_sequences(TEXTS)
    again.fit_on_texts(["more words"])
    assert again.document_count == 4


def test_wrong_use():
    with pytest.raises(DTypeError) as error:
        text.Tokenizer().fit_on_texts(["fine", float("nan")])
    assert error.value.where == "Tokenizer.fit_on_texts(texts)[1]"
    with pytest.raises(StateError):
        text.Tokenizer().sequences_to_matrix([[1]])
    with pytest.raises(StateError):
        text.Tokenizer(num_words=3).sequences_to_matrix([[1]], mode="tfidf")
    with pytest.raises(ArgumentError):
        fitted().texts_to_matrix(["a"], mode="tf")
    with pytest.raises(ArgumentError):
        text.hashing_trick("a", 1)
    with pytest.raises(ArgumentError):
        text.hashing_trick("a", 10, "sha")
    with pytest.raises(UnknownArgumentError):
        text.Tokenizer(words=3)
    with pytest.raises(FileFormatError):
        text.tokenizer_from_json(json.dumps({"config": {}}))
    with pytest.warns(DeprecationWarning, match="num_words"):
        assert text.Tokenizer(nb_words=7).num_words == 7
