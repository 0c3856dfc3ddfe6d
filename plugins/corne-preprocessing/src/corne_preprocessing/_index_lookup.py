"""IndexLookup: what StringLookup and IntegerLookup have in common."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from corne import checks, config
from corne.backend import Array, Shape
from corne.errors import ArgumentError, DataError, FileFormatError, StateError
from corne.symbolic import SymbolicTensor

from corne_preprocessing.adaptive_layer import AdaptiveLayer
from corne_preprocessing.encoding import count, encode, encoded_shape, output_mode
from corne_preprocessing.hashing import bucketed, salt_pair
from corne_preprocessing.host_layer import HostLayer, refuse_sparse
from corne_preprocessing.sources import HostArray
from corne_preprocessing.vocabulary import Vocabulary, without_special

_FILE = "vocabulary.txt"


class Counts(NamedTuple):
    """How often each token occurs; in mode "tf_idf" also in how many documents, and how many these are."""

    tokens: Counter[Any]
    documents: Counter[Any]
    size: int


class IndexLookup(HostLayer, AdaptiveLayer):
    """Base of lookups; their classes describe the arguments."""

    #: Dtype of tokens, for configurations.
    vocabulary_dtype: str

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary: Any,
        idf_weights: Any,
        invert: bool,
        output_mode: str,
        sparse: bool,
        pad_to_max_tokens: bool,
        salt: Any,
        name: str | None,
        **kwargs: Any,
    ) -> None:
        size = kwargs.pop("vocabulary_size", None)
        had_vocabulary = kwargs.pop("has_input_vocabulary", vocabulary is not None)
        super().__init__(name=name, **{key: v for key, v in kwargs.items() if key != "dtype"})
        where = type(self).__name__
        refuse_sparse(where, sparse)
        self.max_tokens = (
            max_tokens
            if max_tokens is None
            else checks.integer(f"{where}(max_tokens=…)", max_tokens, least=2)
        )
        self.num_oov_indices = checks.integer(f"{where}(num_oov_indices=…)", num_oov_indices, least=0)
        self.mask_token, self.oov_token = mask_token, oov_token
        self.invert, self.pad_to_max_tokens = bool(invert), bool(pad_to_max_tokens)
        self.output_mode = _mode(f"{where}(output_mode=…)", output_mode, tf_idf=True)
        self.salt = salt_pair(f"{where}(salt=…)", salt)
        self._check_together(where, idf_weights, vocabulary)
        self._known_size = size
        self._has_input_vocabulary = bool(had_vocabulary)
        self._vocabulary: Vocabulary | None = None
        self._idf: HostArray | None = None
        self.input_vocabulary = self.input_idf_weights = None
        if vocabulary is not None:
            if not isinstance(vocabulary, (str, Path)):
                self.input_vocabulary = Constant(_listed(vocabulary))
                self.input_idf_weights = None if idf_weights is None else Constant(_listed(idf_weights))
            self.set_vocabulary(vocabulary, idf_weights)

    def _check_together(self, where: str, idf_weights: Any, vocabulary: Any) -> None:
        mode = self.output_mode
        wrong = None
        if self.pad_to_max_tokens and self.max_tokens is None:
            wrong = ("max_tokens=…", "a number with pad_to_max_tokens=True", "None")
        elif self.invert and mode != "int":
            wrong = ("output_mode=…", "'int' with invert=True", repr(mode))
        elif idf_weights is not None and mode != "tf_idf":
            wrong = ("idf_weights=…", "None but for output_mode='tf_idf'", f"weights with {mode!r}")
        elif mode == "tf_idf" and vocabulary is not None and idf_weights is None:
            wrong = ("idf_weights=…", "a weight for each token of the vocabulary", "None")
        if wrong:
            raise ArgumentError(f"{where}({wrong[0]})", wrong[1], wrong[2], "")

    # -- what subclasses write ------------------------------------------------------------------------
    def _keys(self, inputs: Any) -> tuple[list[Any], Shape]:
        """Return what tokens are looked up by, flat, and the shape of the inputs."""
        raise NotImplementedError

    def _key(self, token: Any) -> Any:
        """Return what one token is looked up by."""
        raise NotImplementedError

    def _token(self, key: Any) -> Any:
        """Return the token of a key."""
        raise NotImplementedError

    def _plain(self, tokens: Any) -> list[Any]:
        """Return tokens as a list of Python's strings or integers."""
        raise NotImplementedError

    def _unknown(self, key: Any) -> int:
        """Return which of several numbers for unknown tokens a key gets, from 0."""
        return int(bucketed([key], self.num_oov_indices, self.salt)[0])

    def _inverted(self, tokens: list[Any], shape: Shape) -> Any:
        """Return tokens as an array."""
        raise NotImplementedError

    # -- vocabulary -----------------------------------------------------------------------------------
    def _special(self) -> list[Any]:
        masks = [self.mask_token] if self.mask_token is not None and self.output_mode == "int" else []
        return [*masks, *[self.oov_token] * self.num_oov_indices]

    def _missing(self, key: Any) -> int:
        """Return the number of a key that is not in the vocabulary."""
        first = len(self._special()) - self.num_oov_indices
        if self.num_oov_indices == 1:
            return first
        if self.num_oov_indices:
            return first + self._unknown(key)
        raise DataError(
            self.name, "values in the vocabulary, since num_oov_indices=0", repr(self._token(key)),
            "num_oov_indices=1 gives a number to unknown ones.",
        )  # fmt: skip

    def _set_tokens(self, tokens: list[Any]) -> None:
        special = self._special()
        self._vocabulary = Vocabulary(tokens, len(special), self._key, self._missing)
        if self.mask_token is not None:
            # Outside of mode "int" a masked value leaves no trace.
            self._vocabulary.table[self._key(self.mask_token)] = 0 if self.output_mode == "int" else -1
        self._known_size = len(special) + len(tokens)

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Set the tokens, in the order of their numbers.

        Args:
            vocabulary: A list or array of tokens, with the special ones at its head or without them; or the
                path of a UTF-8 file with one in each line.
            idf_weights: In mode "tf_idf" a weight for each token of ``vocabulary``. Default None.

        Raises:
            ArgumentError: No token, one that is there twice, a special one in the middle, too many, weights
                of another length or where there should be none.
        """
        where = f"{self.name}.set_vocabulary(vocabulary=…)"
        if isinstance(vocabulary, (str, Path)):
            vocabulary = _lines(Path(vocabulary), where)
        if (idf_weights is not None) != (self.output_mode == "tf_idf"):
            raise ArgumentError(
                f"{self.name}.set_vocabulary(idf_weights=…)", "weights in output mode 'tf_idf', and only there",
                f"{'None' if idf_weights is None else 'weights'} in mode {self.output_mode!r}", "",
            )  # fmt: skip
        given = self._plain(vocabulary)
        special = self._special()
        reserved = [
            token for token in (self.mask_token, self.oov_token if self.invert else None) if token is not None
        ]
        tokens, had_special = without_special(where, given, special, reserved)
        if self.max_tokens is not None and len(special) + len(tokens) > self.max_tokens:
            raise ArgumentError(
                where,
                f"at most max_tokens={self.max_tokens}, with special tokens",
                f"{len(special) + len(tokens)}",
                "",
            )
        if idf_weights is not None:
            weights = np.asarray(idf_weights, "float64")
            if weights.shape != (len(given),):
                raise ArgumentError(
                    f"{self.name}.set_vocabulary(idf_weights=…)", f"{len(given)} weights, as there are tokens",
                    f"shape {weights.shape}", "",
                )  # fmt: skip
            self._set_idf(weights, 0 if had_special else len(special))
        self._set_tokens(tokens)

    def _set_idf(self, weights: HostArray, front: int) -> None:
        """Keep weights; special tokens in front weigh as much as the mean, room behind nothing."""
        whole = np.concatenate([np.full(front, weights.mean()), weights])
        if self.pad_to_max_tokens and self.max_tokens is not None:
            whole = np.pad(whole, (0, self.max_tokens - len(whole)))
        self._idf = whole.astype(config.floatx())

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """Return the tokens in the order of their numbers.

        Args:
            include_special_tokens: Whether those for masks and unknown values are there. Default True.
        """
        tokens = [] if self._vocabulary is None else self._vocabulary.tokens
        return [*(self._special() if include_special_tokens else []), *tokens]

    def vocabulary_size(self) -> int:
        """Return the number of tokens, with special ones."""
        return len(self.get_vocabulary())

    # -- adapt ----------------------------------------------------------------------------------------
    def summarize(self, batch: Any) -> Counts | None:
        """Count the tokens of one batch; a document is a row, or the whole batch if it has one axis."""
        self._refuse_given(self.name)
        keys, shape = self._keys(batch)
        if not keys:
            return None
        width = len(keys) // max(math.prod(size or 0 for size in shape[:-1]), 1)
        return self.counted(keys[start : start + width] for start in range(0, len(keys), width))

    def _refuse_given(self, name: str) -> None:
        if self._has_input_vocabulary:
            raise StateError(f"{name}.adapt(…)", "a layer made without a vocabulary", "one made with one", "")

    def counted(self, documents: Iterable[list[Any]]) -> Counts:
        """Count the tokens of documents, each a list of keys."""
        if self.output_mode != "tf_idf":
            return Counts(Counter(chain.from_iterable(documents)), Counter(), 0)
        tokens: Counter[Any] = Counter()
        within: Counter[Any] = Counter()
        size = 0
        for document in documents:
            tokens.update(document)
            within.update(set(document))
            size += 1
        return Counts(tokens, within, size)

    def merge(self, first: Counts, second: Counts) -> Counts:
        """Return the counts of both parts. ``first`` takes up ``second``: a sum of large counters is slow."""
        first.tokens.update(second.tokens)
        first.documents.update(second.documents)
        return Counts(first.tokens, first.documents, first.size + second.size)

    def finish(self, summary: Counts) -> None:
        """Keep the most frequent tokens; of equally frequent ones those that come last in the alphabet."""
        special = self._special()
        hidden = {self._key(t) for t in (self.mask_token, self.oov_token) if t is not None}
        ordered = sorted(((n, key) for key, n in summary.tokens.items() if key not in hidden), reverse=True)
        if self.max_tokens is not None:
            ordered = ordered[: max(self.max_tokens - len(special), 0)]
        if not ordered:
            raise DataError(f"{self.name}.adapt(data=…)", "at least one token", "none", "")
        if self.output_mode == "tf_idf":
            within = np.array([summary.documents[key] for _, key in ordered], "float64")
            self._set_idf(np.log(1 + summary.size / (1 + within)), len(special))
        self._set_tokens([self._token(key) for _, key in ordered])

    # -- calling --------------------------------------------------------------------------------------
    def _ready(self) -> Vocabulary:
        if self._vocabulary is None:
            raise StateError(
                f"{self.name}(…)", "a layer with a vocabulary", "one without",
                f"Call {self.name}.adapt(data) or pass vocabulary=… first.",
            )  # fmt: skip
        return self._vocabulary

    def call(self, inputs: Any) -> Any:
        """Return the numbers of tokens, vectors of them, or with ``invert`` the tokens of numbers."""
        vocabulary = self._ready()
        if self.invert:
            return self._invert(inputs)
        keys, shape = self._keys(inputs)
        ids = np.fromiter(map(vocabulary.table.__getitem__, keys), "int64", len(keys))
        return self._encoded(ids.reshape(tuple(size or 0 for size in shape)))

    def _invert(self, inputs: Any) -> Any:
        from corne_preprocessing.sources import to_host

        tokens = self.get_vocabulary()
        if self.mask_token is not None:
            tokens[0] = self.mask_token
        numbers = to_host(self.name, inputs)
        found = [tokens[i] if 0 <= i < len(tokens) else self.oov_token for i in numbers.reshape(-1).tolist()]
        return self._inverted(found, numbers.shape)

    def _depth(self) -> int | None:
        return self.max_tokens if self.pad_to_max_tokens else self._known_size

    def _encoded(self, ids: HostArray) -> Array:
        if self.output_mode == "int":
            return self._to_backend(ids, "int64")
        return self._weighted(
            encode(ids, "count" if self.output_mode == "tf_idf" else self.output_mode, self._depth() or 0)
        )

    def counts_of(self, rows: HostArray, ids: HostArray, size: int) -> Array:
        """Return vectors for tokens that lie flat, each with the number of its row."""
        return self._weighted(count(rows, ids, size, self._depth() or 0, self.output_mode))

    def _weighted(self, vectors: HostArray) -> Array:
        if self.output_mode == "tf_idf":
            if self._idf is None:
                raise StateError(
                    f"{self.name}(…)", "idf_weights in mode 'tf_idf'", "none", "Call adapt(data)."
                )
            vectors = vectors * self._idf
        return self._to_backend(vectors, config.floatx())

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the output's shape."""
        return encoded_shape(input_shape, self.output_mode, self._depth())

    def compute_output_spec(self, inputs: Any) -> SymbolicTensor:
        """Describe the output."""
        dtype = "int64" if self.output_mode == "int" else config.floatx()
        return SymbolicTensor(
            self.compute_output_shape(inputs.shape), self.vocabulary_dtype if self.invert else dtype
        )

    # -- files ----------------------------------------------------------------------------------------
    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments; a learned vocabulary is in the file's assets."""
        given, weights = self.input_vocabulary, self.input_idf_weights
        return {
            **super().get_config(), "invert": self.invert, "max_tokens": self.max_tokens,
            "num_oov_indices": self.num_oov_indices, "oov_token": self.oov_token, "mask_token": self.mask_token,
            "output_mode": self.output_mode, "sparse": False, "pad_to_max_tokens": self.pad_to_max_tokens,
            "idf_weights": None if weights is None else weights.value,
            "vocabulary": None if given is None else given.value, "vocabulary_size": self._known_size,
            "salt": None if self.salt is None else list(self.salt),
        }  # fmt: skip

    def save_assets(self, folder: str) -> None:
        """Write the vocabulary, one token in a line, unless the configuration has it.

        Raises:
            StateError: A token has a line break in it.
        """
        if self.input_vocabulary is not None:
            return
        tokens = self.get_vocabulary()
        lines = [str(token) for token in tokens]
        for line in lines:
            if "\n" in line:
                raise StateError(
                    f"{self.name}.save_assets(…)", "tokens without line breaks, since each is a line of a file",
                    repr(line), "Replace line breaks before adapt(), or pass vocabulary=….",
                )  # fmt: skip
        Path(folder, _FILE).write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))

    def load_assets(self, folder: str) -> None:
        """Read what :meth:`save_assets`, here or in Keras, wrote."""
        if self.input_vocabulary is not None:
            return
        tokens = _lines(Path(folder, _FILE), f"{self.name}.load_assets(…)")
        if self._known_size is not None:  # empty tokens at the end are lines too
            tokens += [""] * (self._known_size - len(tokens))
        special = self._special()
        try:
            rest = self._plain(tokens[len(special) :])
        except (ValueError, ArgumentError) as error:
            raise FileFormatError(f"{self.name}: {_FILE}", "one token in a line", str(error), "") from error
        if rest:
            self._set_tokens(without_special(f"{self.name}: {_FILE}", rest, [], [])[0])
        if self.output_mode == "tf_idf" and self._idf is None:
            self._idf = np.zeros(self._depth() or 0, config.floatx())  # their values are among the variables

    def save_own_variables(self, store: Any) -> None:
        """Put the weights of mode "tf_idf" into ``store``."""
        if self.output_mode == "tf_idf" and self._idf is not None:
            store["idf_weights"] = self._idf

    def load_own_variables(self, store: Any) -> None:
        """Take the weights of mode "tf_idf" from ``store``."""
        if self.output_mode == "tf_idf" and "idf_weights" in store:
            self._idf = np.asarray(store["idf_weights"])


_mode: Callable[..., str] = output_mode


class Constant:
    """Holds a list that a layer's bookkeeping should not look into."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _listed(values: Any) -> list[Any]:
    listed: list[Any] = values.tolist() if hasattr(values, "tolist") else list(values)
    return [v.decode("utf-8", "surrogateescape") if isinstance(v, bytes) else v for v in listed]


def _lines(path: Path, where: str) -> list[str]:
    """Return the lines of a UTF-8 file, which end at line feeds and nothing else."""
    try:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise ArgumentError(
            where, "a file with one token in a line", f"{path}: {error.strerror}", ""
        ) from error
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[-1]:
        lines.pop()
    return lines
