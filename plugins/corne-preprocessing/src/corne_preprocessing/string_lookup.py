"""StringLookup: a number for each string of a vocabulary."""

from __future__ import annotations

from typing import Any

from corne.backend import Shape
from corne.errors import DTypeError

from corne_preprocessing._index_lookup import IndexLookup
from corne_preprocessing.sources import to_host
from corne_preprocessing.text import decoded, encoded, flat_bytes, text_array


class StringLookup(IndexLookup):
    """Replace each string by its number in a vocabulary, which is given or learned by ``adapt``.

    Args:
        max_tokens: Largest size of the vocabulary, with special tokens. Default None: no limit.
        num_oov_indices: Number of numbers for unknown strings; with several, a hash chooses. With 0 an
            unknown string is an error. Default 1.
        mask_token: String whose number is 0, and which leaves no trace in other modes. Default None: none.
        oov_token: What unknown numbers become with ``invert``. Default "[UNK]".
        vocabulary: Strings in the order of their numbers, or the path of a file with one in each line.
            Default None: learned by ``adapt``.
        idf_weights: In mode "tf_idf" a weight for each string of ``vocabulary``. Default None.
        invert: Whether numbers become strings. Default False.
        output_mode: "int", "one_hot", "multi_hot", "count" or "tf_idf". Default "int".
        pad_to_max_tokens: Whether vectors have ``max_tokens`` numbers however many are known. Default False.
        sparse: Must be False.
        encoding: Encoding of strings given as bytes. Default "utf-8".
        name: The layer's name. Default None: made from the class.
        salt: Key of the hash of unknown strings, as for :class:`Hashing`. Default None.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input any; output the same in mode "int" (int64, or strings with ``invert``); ``(..., tokens)`` in
        floatx in other modes: for "one_hot" a last axis of size 1 is taken away first, for the others the
        last axis is that of a sample's tokens.

    Raises:
        ArgumentError: Arguments out of range or in contradiction, a vocabulary with a string twice.
        StateError: Called before there is a vocabulary.

    >>> import numpy as np
    >>> layer = StringLookup()
    >>> layer.adapt(["a", "b", "b"])
    >>> np.asarray(layer(["a", "b", "c"])).tolist()
    [2, 1, 0]
    """

    vocabulary_dtype = "string"

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str | None = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        self.encoding = encoding
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
            sparse, pad_to_max_tokens, salt, name,
            **{key: v for key, v in kwargs.items() if key not in ("oov_method", "vocabulary_dtype")},
        )  # fmt: skip

    def _keys(self, inputs: Any) -> tuple[list[bytes], Shape]:
        return flat_bytes(self.name, inputs)

    def _key(self, token: str) -> bytes:
        return encoded(token)

    def _token(self, key: bytes) -> str:
        return decoded(key, self.encoding)

    def _plain(self, tokens: Any) -> list[str]:
        keys, _ = flat_bytes(f"{self.name}.set_vocabulary(vocabulary=…)", to_host(self.name, tokens))
        return [self._token(key) for key in keys]

    def _inverted(self, tokens: list[Any], shape: Shape) -> Any:
        if any(not isinstance(token, str) for token in tokens):
            raise DTypeError(self.name, "an oov_token that is text", repr(self.oov_token), "")
        return text_array(tokens, shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "encoding": self.encoding}
