"""TextVectorization: texts as rows of token numbers, or as counts of tokens."""

from __future__ import annotations

from itertools import chain
from typing import Any, Self

import numpy as np
from corne import checks, config, serialization
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.symbolic import SymbolicTensor

from corne_preprocessing._index_lookup import Counts
from corne_preprocessing.adaptive_layer import AdaptiveLayer
from corne_preprocessing.host_layer import HostLayer
from corne_preprocessing.ngrams import checked_widths, ngrams
from corne_preprocessing.standardizing import SPLIT, STANDARDIZE, unicode_words
from corne_preprocessing.string_lookup import StringLookup
from corne_preprocessing.text import decoded, flat_bytes, text_array

#: Ways to make text uniform that look at one byte at a time.
_BY_BYTE = (None, "lower", "strip_punctuation", "lower_and_strip_punctuation")
#: Texts that are split at a time: few enough to stay in a core's cache.
_PIECE = 64


class TextVectorization(HostLayer, AdaptiveLayer):
    """Make texts uniform, split them into tokens and replace these by numbers of a vocabulary.

    Args:
        max_tokens: Largest size of the vocabulary, with special tokens. Default None: no limit.
        standardize: "lower_and_strip_punctuation", "lower", "strip_punctuation", which change ASCII alone,
            "unicode_lower_and_strip_punctuation", which folds the case of all letters, removes punctuation
            of all scripts and splits at all white space, None, or a function from an array of strings to
            another one. Default "lower_and_strip_punctuation".
        split: "whitespace", "character", None, or a function from an array of strings to a list of lists of
            tokens. Default "whitespace".
        ngrams: Joins neighbouring tokens, as :func:`~corne_preprocessing.ngrams.ngrams` does: up to this
            many, or a tuple of the numbers. Default None: none.
        output_mode: "int", "multi_hot", "count" or "tf_idf". Default "int".
        output_sequence_length: In mode "int" the length of rows. Default None: of the longest.
        pad_to_max_tokens: Whether vectors have ``max_tokens`` numbers however many are known. Default False.
        vocabulary: Tokens in the order of their numbers, or the path of a file with one in each line.
            Default None: learned by ``adapt``.
        idf_weights: In mode "tf_idf" a weight for each token of ``vocabulary``. Default None.
        sparse: Must be False.
        ragged: Must be False.
        encoding: Encoding of the vocabulary's tokens. Default "utf-8".
        name: The layer's name. Default None: made from the class.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch,)`` or ``(batch, 1)``, or ``()`` for one text; output ``(batch, length)`` of int64 in
        mode "int", 0 for padding and 1 for unknown tokens, else ``(batch, tokens)`` in floatx.

    Raises:
        ArgumentError: Arguments out of range or in contradiction.
        ShapeError: Several texts in a row.
        StateError: Called before there is a vocabulary.

    >>> import numpy as np
    >>> layer = TextVectorization(output_sequence_length=3)
    >>> layer.adapt(["Un film magnifique!", "Un film."])
    >>> layer.get_vocabulary()
    ['', '[UNK]', 'un', 'film', 'magnifique']
    >>> np.asarray(layer(["Un beau film"])).tolist()
    [[2, 1, 3]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: Any = "lower_and_strip_punctuation",
        split: Any = "whitespace",
        ngrams: Any = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        lookup = {
            key: kwargs.pop(key) for key in ("vocabulary_size", "has_input_vocabulary") if key in kwargs
        }
        super().__init__(name=name, **kwargs)
        if ragged:
            raise ArgumentError("TextVectorization(ragged=…)", "False", "True", "Rows are padded with 0.")
        self._standardize = _choice("standardize", standardize, STANDARDIZE)
        self._split = _choice("split", split, SPLIT)
        self._ngrams_arg = ngrams
        self._widths = None if ngrams is None else checked_widths("TextVectorization(ngrams=…)", ngrams)
        self._lookup_layer = StringLookup(
            max_tokens=max_tokens, vocabulary=vocabulary, idf_weights=idf_weights, mask_token="",
            pad_to_max_tokens=pad_to_max_tokens, output_mode=output_mode, sparse=sparse, encoding=encoding, **lookup,
        )  # fmt: skip
        self._output_mode = self._lookup_layer.output_mode
        self._length = output_sequence_length
        if self._length is not None:
            where = "TextVectorization(output_sequence_length=…)"
            if self._output_mode != "int":
                raise ArgumentError(
                    where, f"None in mode {self._output_mode!r}", repr(output_sequence_length), ""
                )
            self._length = checks.integer(where, output_sequence_length, least=1)
        self._encoding = encoding

    # -- tokens ---------------------------------------------------------------------------------------
    def _texts(self, inputs: Any) -> tuple[list[bytes], Shape]:
        """Return texts one after the other, and their shape."""
        texts, shape = flat_bytes(self.name, inputs)
        if self._split is not None and len(shape) > 1:
            if shape[-1] != 1 or len(shape) > 2:
                raise ShapeError(
                    self.name,
                    "texts of shape (batch,) or (batch, 1)",
                    str(shape),
                    "Join them, or use split=None.",
                )
            shape = shape[:-1]
        return texts, shape

    def _documents(self, inputs: Any) -> tuple[list[list[bytes]], Shape]:
        """Return the tokens of each text, and the shape of the texts."""
        texts, shape = self._texts(inputs)
        if callable(self._standardize):
            strings = self._standardize(text_array([decoded(text) for text in texts], (len(texts),)))
            texts, _ = flat_bytes(self.name, strings)
        elif self._standardize is not None:
            texts = list(map(STANDARDIZE[self._standardize], texts))
        tokens = self._tokens(texts, shape)
        if self._widths is not None:
            tokens = [ngrams(document, self._widths, b" ") for document in tokens]
        return tokens, shape

    def _tokens(self, texts: list[bytes], shape: Shape) -> list[list[bytes]]:
        if self._split is None:
            width = int(shape[-1] or 0) if len(shape) > 1 else 1
            return [texts[start : start + width] for start in range(0, len(texts), max(width, 1))]
        if callable(self._split):
            split = self._split(text_array([decoded(text) for text in texts], (len(texts),)))
            return [flat_bytes(self.name, list(document))[0] for document in split]
        by_unicode = (
            self._split == "whitespace" and self._standardize == "unicode_lower_and_strip_punctuation"
        )
        return list(map(unicode_words if by_unicode else SPLIT[self._split], texts))

    def call(self, inputs: Any) -> Array:
        """Return rows of token numbers, or vectors."""
        table = self._lookup_layer._ready().table
        documents, shape = self._documents(inputs)
        if self._length is not None:
            documents = [document[: self._length] for document in documents]
        sizes = np.fromiter(map(len, documents), "int64", len(documents))
        ids = np.fromiter(map(table.__getitem__, chain.from_iterable(documents)), "int64", int(sizes.sum()))
        if self._output_mode != "int":
            rows = np.repeat(np.arange(len(documents)), sizes)
            vectors = self._lookup_layer.counts_of(rows, ids, len(documents))
            return vectors if shape else vectors[0]
        if self._split is None and self._widths is None and self._length is None:
            return self._to_backend(ids.reshape(tuple(size or 0 for size in shape)), "int64")
        length = self._length if self._length is not None else int(sizes.max(initial=0))
        padded = np.zeros((len(documents), length), "int64")
        padded[np.arange(length) < sizes[:, None]] = ids
        return self._to_backend(padded if shape else padded[0], "int64")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the output's shape."""
        if self._output_mode == "int":
            if self._split is None and self._widths is None and self._length is None:
                return tuple(input_shape)
            return (*input_shape[:1], self._length)
        return (*input_shape[:1], self._lookup_layer._depth())

    def compute_output_spec(self, inputs: Any) -> SymbolicTensor:
        """Describe the output."""
        dtype = "int64" if self._output_mode == "int" else config.floatx()
        return SymbolicTensor(self.compute_output_shape(inputs.shape), dtype)

    # -- vocabulary -----------------------------------------------------------------------------------
    def summarize(self, batch: Any) -> Counts | None:
        """Count the tokens of one batch."""
        self._lookup_layer._refuse_given(self.name)
        plain = self._split == "whitespace" and self._standardize in _BY_BYTE and self._widths is None
        if plain and self._output_mode != "tf_idf":
            return self._counted_together(batch)
        documents, _ = self._documents(batch)
        return self._lookup_layer.counted(documents) if documents else None

    def _counted_together(self, batch: Any) -> Counts | None:
        """Count tokens where the limits of texts are limits of tokens like others: many texts at a time."""
        texts, _ = self._texts(batch)
        change = STANDARDIZE.get(self._standardize, bytes)
        pieces = (change(b" ".join(texts[start : start + _PIECE])) for start in range(0, len(texts), _PIECE))
        return self._lookup_layer.counted(map(bytes.split, pieces)) if texts else None

    def merge(self, first: Counts, second: Counts) -> Counts:
        """Return the counts of both parts."""
        return self._lookup_layer.merge(first, second)

    def finish(self, summary: Counts) -> None:
        """Keep the most frequent tokens."""
        self._lookup_layer.finish(summary)

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Set the tokens, as :meth:`StringLookup.set_vocabulary` does."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """Return the tokens in the order of their numbers, with "" and "[UNK]" or without."""
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """Return the number of tokens, with special ones."""
        return self._lookup_layer.vocabulary_size()

    # -- files ----------------------------------------------------------------------------------------
    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments; a learned vocabulary is in the file's assets."""
        inner = self._lookup_layer.get_config()
        shared = ("max_tokens", "pad_to_max_tokens", "vocabulary", "idf_weights", "vocabulary_size")
        return {
            **super().get_config(), **{key: inner[key] for key in shared},
            "standardize": _serialized(self._standardize), "split": _serialized(self._split),
            "ngrams": list(self._ngrams_arg) if isinstance(self._ngrams_arg, tuple) else self._ngrams_arg,
            "output_mode": self._output_mode, "output_sequence_length": self._length, "sparse": False,
            "ragged": False, "encoding": self._encoding,
        }  # fmt: skip

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a layer from what :meth:`get_config` returned."""
        functions = {
            key: serialization.deserialize_object(config[key])
            for key in ("standardize", "split")
            if isinstance(config.get(key), dict)
        }
        return cls(**{**config, **functions})

    def save_assets(self, folder: str) -> None:
        """Write the vocabulary."""
        self._lookup_layer.save_assets(folder)

    def load_assets(self, folder: str) -> None:
        """Read the vocabulary."""
        self._lookup_layer.load_assets(folder)

    def save_own_variables(self, store: Any) -> None:
        """Put the weights of mode "tf_idf" into ``store``."""
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store: Any) -> None:
        """Take the weights of mode "tf_idf" from ``store``."""
        self._lookup_layer.load_own_variables(store)


def _choice(argument: str, value: Any, names: Any) -> Any:
    if value is None or callable(value):
        return value
    return checks.one_of(f"TextVectorization({argument}=…)", value, tuple(names))


def _serialized(value: Any) -> Any:
    return serialization.serialize_object(value) if callable(value) else value
