"""IntegerLookup: a number for each integer of a vocabulary."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import checks
from corne.backend import Shape
from corne.errors import ArgumentError, DTypeError

from corne_preprocessing._index_lookup import IndexLookup
from corne_preprocessing.hashing import bucketed
from corne_preprocessing.sources import to_host


class IntegerLookup(IndexLookup):
    """Replace each integer by its number in a vocabulary, which is given or learned by ``adapt``.

    Args:
        max_tokens: Largest size of the vocabulary, with special tokens. Default None: no limit.
        num_oov_indices: Number of numbers for unknown integers; with several, ``oov_method`` chooses. With
            0 an unknown integer is an error. Default 1.
        mask_token: Integer whose number is 0, and which leaves no trace in other modes. Default None: none.
        oov_token: What unknown numbers become with ``invert``. Default -1.
        vocabulary: Integers in the order of their numbers, or the path of a file with one in each line.
            Default None: learned by ``adapt``.
        vocabulary_dtype: Must be "int64".
        idf_weights: In mode "tf_idf" a weight for each integer of ``vocabulary``. Default None.
        invert: Whether numbers become the integers of the vocabulary. Default False.
        output_mode: "int", "one_hot", "multi_hot", "count" or "tf_idf". Default "int".
        sparse: Must be False.
        pad_to_max_tokens: Whether vectors have ``max_tokens`` numbers however many are known. Default False.
        oov_method: "floormod", the remainder of the integer, or "farmhash". Default "floormod".
        salt: Key of the hash, as for :class:`Hashing`; only with "farmhash". Default None.
        name: The layer's name. Default None: made from the class.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        As for :class:`StringLookup`.

    Raises:
        ArgumentError: Arguments out of range or in contradiction, a vocabulary with an integer twice.
        StateError: Called before there is a vocabulary.

    >>> import numpy as np
    >>> layer = IntegerLookup(vocabulary=[12, 36, 1138])
    >>> np.asarray(layer([36, 7])).tolist()
    [2, 0]
    """

    vocabulary_dtype = "int64"

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int | None = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        checks.one_of("IntegerLookup(vocabulary_dtype=…)", vocabulary_dtype, ("int64",))
        self.oov_method = checks.one_of("IntegerLookup(oov_method=…)", oov_method, ("floormod", "farmhash"))
        if salt is not None and oov_method != "farmhash":
            raise ArgumentError("IntegerLookup(salt=…)", "None but for oov_method='farmhash'", repr(salt), "")
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
            sparse, pad_to_max_tokens, salt, name, **kwargs,
        )  # fmt: skip

    def _keys(self, inputs: Any) -> tuple[list[int], Shape]:
        array = to_host(self.name, inputs)
        if array.dtype.kind not in "iu" and array.size:
            whole = array.dtype.kind == "f" and bool((array == np.floor(array)).all())
            if not whole:
                raise DTypeError(self.name, "integers", f"dtype {array.dtype}", "")
            array = array.astype("int64")
        return array.reshape(-1).tolist(), array.shape

    def _key(self, token: int) -> int:
        return token

    def _token(self, key: int) -> int:
        return key

    def _plain(self, tokens: Any) -> list[int]:
        return [int(token) for token in to_host(self.name, tokens).reshape(-1).tolist()]

    def _unknown(self, key: int) -> int:
        if self.oov_method == "floormod":
            return key % self.num_oov_indices
        return int(bucketed([str(key).encode()], self.num_oov_indices, self.salt)[0])

    def _inverted(self, tokens: list[Any], shape: Shape) -> Any:
        array = np.array(tokens, "int64").reshape(tuple(size or 0 for size in shape))
        return self._to_backend(array, "int64")

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "vocabulary_dtype": "int64",
            "oov_method": self.oov_method,
        }
