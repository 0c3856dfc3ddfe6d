"""Tokenizer: texts as sequences of numbers, the most frequent word first."""

from __future__ import annotations

import json
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from corne import checks
from corne.errors import DTypeError, UnknownArgumentError
from numpy.typing import NDArray

from corne_keras.preprocessing.text._matrix import matrix
from corne_keras.preprocessing.text.text_to_word_sequence import FILTERS, text_to_word_sequence

Text = str | list[str]


class Tokenizer:
    """Number the words of texts: 1 is the most frequent; words as frequent as each other keep their order.

    0 stands for no word. Texts are strings, or lists of words that are taken as they are.

    Args:
        num_words: Numbers below it are used, so the ``num_words - 1`` most frequent words. Default None: all.
        filters: Characters that are replaced by ``split``. Default: ASCII punctuation without the apostrophe,
            tab and newline.
        lower: Whether texts are converted to lower case. Default True.
        split: What stands between words. Default: a space.
        char_level: Whether each character is a word; ``filters`` and ``split`` aren't used. Default False.
        oov_token: Stands for words that aren't numbered, and has number 1. Default None: they are left out.
        analyzer: Function from a text to its words, instead of ``filters``, ``lower`` and ``split``. Default
            None.
        document_count: Number of texts that were counted before. Default 0.
        nb_words: Keras 1's name for ``num_words``.

    Attributes:
        word_counts: ``{word: how often it was seen}``, in the order of its first occurrence.
        word_docs: ``{word: number of texts with it}``.
        word_index, index_word: ``{word: number}`` and the reverse, of all words, whatever ``num_words``.
        index_docs: ``{number: number of texts with it}``.
        document_count: Number of texts.

    Raises:
        ArgumentError: ``num_words`` is no integer.

    >>> tokenizer = Tokenizer(oov_token="<unknown>")
    >>> tokenizer.fit_on_texts(["The cat sat.", "The mat!"])
    >>> tokenizer.texts_to_sequences(["The dog sat"])
    [[2, 1, 4]]
    """

    def __init__(
        self,
        num_words: int | None = None,
        filters: str = FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        oov_token: str | None = None,
        analyzer: Callable[[str], Iterable[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        if "nb_words" in kwargs:
            warnings.warn("Tokenizer(nb_words=…) is now num_words.", DeprecationWarning, stacklevel=2)
            num_words = kwargs.pop("nb_words")
        self.document_count: int = kwargs.pop("document_count", 0)
        if kwargs:
            raise UnknownArgumentError(
                "Tokenizer", "num_words, filters, lower, split, char_level, oov_token, analyzer", f"{kwargs}"
            )
        if num_words is not None:
            num_words = checks.integer("Tokenizer(num_words=…)", num_words, least=0)
        self.num_words = num_words
        self.filters, self.lower, self.split = filters, lower, split
        self.char_level, self.oov_token, self.analyzer = char_level, oov_token, analyzer
        self.word_counts: dict[str, int] = OrderedDict()
        self.word_docs: dict[str, int] = defaultdict(int)
        self.index_docs: dict[int, int] = defaultdict(int)
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}

    def fit_on_texts(self, texts: Iterable[Text]) -> None:
        """Count the words of texts, in addition to what was counted before, and number them.

        Raises:
            DTypeError: A text is neither a string nor a list of strings; the error names its position.
        """
        for position, text in enumerate(texts):
            words = self._words(text, "fit_on_texts", position)
            self.document_count += 1
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in set(words):
                self.word_docs[word] += 1
        ranked = sorted(self.word_counts, key=self.word_counts.__getitem__, reverse=True)
        if self.oov_token is not None:
            ranked.insert(0, self.oov_token)
        self.word_index = {word: number for number, word in enumerate(ranked, start=1)}
        self.index_word = {number: word for word, number in self.word_index.items()}
        for word, count in self.word_docs.items():
            self.index_docs[self.word_index[word]] = count

    def fit_on_sequences(self, sequences: Sequence[Iterable[int]]) -> None:
        """Count in how many sequences each number occurs, for ``sequences_to_matrix(mode="tfidf")``."""
        self.document_count += len(sequences)
        for sequence in sequences:
            for number in set(sequence):
                self.index_docs[number] += 1

    def texts_to_sequences(self, texts: Iterable[Text]) -> list[list[int]]:
        """Return the numbers of each text's words.

        Raises:
            DTypeError: A text is neither a string nor a list of strings; the error names its position.
        """
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Text]) -> Iterator[list[int]]:
        """Yield the numbers of each text's words."""
        unknown = self._unknown()
        numbers = {word: self._known(number) for word, number in self.word_index.items()}
        for position, text in enumerate(texts):
            found = (numbers.get(word, unknown) for word in self._words(text, "texts_to_sequences", position))
            yield [number for number in found if number is not None]

    def sequences_to_texts(self, sequences: Iterable[Iterable[int]]) -> list[str]:
        """Return the words of each sequence of numbers, joined by spaces."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Iterable[int]]) -> Iterator[str]:
        """Yield the words of each sequence of numbers, joined by spaces."""
        unknown = self._unknown()
        kept = {number: self._known(number) for number in self.index_word}
        for sequence in sequences:
            found = (kept.get(number, unknown) for number in sequence)
            yield " ".join(self.index_word[number] for number in found if number is not None)

    def texts_to_matrix(self, texts: Iterable[Text], mode: str = "binary") -> NDArray[np.float64]:
        """Return a row for each text; see :meth:`sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode=mode)

    def sequences_to_matrix(
        self, sequences: Sequence[Sequence[int]], mode: str = "binary"
    ) -> NDArray[np.float64]:
        """Return a row for each sequence and a column for each number.

        Args:
            sequences: Numbers of words; those from ``num_words`` on are left out.
            mode: "binary" (1 where a number occurs), "count", "freq" (count divided by the sequence's length)
                or "tfidf" (``(1 + ln count) * ln(1 + texts / (1 + texts with the number))``). Default
                "binary".

        Shapes:
            output ``(len(sequences), num_words)``, or one more column than there are words.

        Raises:
            StateError: Nothing was counted, and the result depends on it.
            ArgumentError: An unknown mode.
        """
        columns = self.num_words or (len(self.word_index) + 1 if self.word_index else None)
        return matrix(sequences, mode, columns, self.document_count, self.index_docs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments and, each as JSON, the counts; an ``analyzer`` isn't among them."""
        arguments = ("num_words", "filters", "lower", "split", "char_level", "oov_token", "document_count")
        counts = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")
        return {
            **{name: getattr(self, name) for name in arguments},
            **{name: json.dumps(getattr(self, name)) for name in counts},
        }

    def to_json(self, **kwargs: Any) -> str:
        """Return the tokenizer as JSON that ``tokenizer_from_json``, here and in Keras, reads.

        Args:
            **kwargs: For ``json.dumps``, such as ``indent``.
        """
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)

    def _words(self, text: Any, method: str, position: int) -> Iterable[str]:
        is_list = isinstance(text, list)
        if not is_list and not isinstance(text, str):
            raise DTypeError(
                f"Tokenizer.{method}(texts)[{position}]",
                "a string or a list of strings",
                f"{type(text).__name__} {text!r:.80}",
                "Replace missing values first, as in frame['text'].fillna('').",
            )
        if is_list or self.char_level:
            if not self.lower:
                return text  # type: ignore[no-any-return]
            return [word.lower() for word in text] if is_list else text.lower()
        if self.analyzer is not None:
            return list(self.analyzer(text))
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def _unknown(self) -> int | None:
        return None if self.oov_token is None else self.word_index.get(self.oov_token)

    def _known(self, number: int) -> int | None:
        """Return a numbered word's number, or what stands for it from ``num_words`` on."""
        return self._unknown() if self.num_words and number >= self.num_words else number
