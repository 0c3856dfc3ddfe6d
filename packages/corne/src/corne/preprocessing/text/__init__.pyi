# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_keras.preprocessing.text.hashing_trick import hashing_trick as hashing_trick
from corne_keras.preprocessing.text.one_hot import one_hot as one_hot
from corne_keras.preprocessing.text.text_to_word_sequence import text_to_word_sequence as text_to_word_sequence
from corne_keras.preprocessing.text.tokenizer import Tokenizer as Tokenizer
from corne_keras.preprocessing.text.tokenizer_from_json import tokenizer_from_json as tokenizer_from_json
