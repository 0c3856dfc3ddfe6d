"""timeseries_generator_from_json: the generator of a JSON text."""

from __future__ import annotations

import json

import numpy as np
from corne.errors import CorneError, FileFormatError

from corne_keras.preprocessing.sequence.timeseries_generator import TimeseriesGenerator


def timeseries_generator_from_json(json_string: str) -> TimeseriesGenerator:
    """Return the generator that ``TimeseriesGenerator.to_json``, here or in Keras, wrote.

    It makes the windows of the one that was written. Keras's own function leaves out the first ``length`` of
    them: it adds ``length`` to ``start_index`` a second time.

    Args:
        json_string: The JSON text.

    Raises:
        FileFormatError: It isn't the JSON text of a generator.

    >>> generator = TimeseriesGenerator([1, 2, 3, 4], [1, 2, 3, 4], length=2)
    >>> timeseries_generator_from_json(generator.to_json())[0][1].tolist()
    [3, 4]
    """
    try:
        config = dict(json.loads(json_string)["config"])
        for name in ("data", "targets"):
            config[name] = np.asarray(json.loads(config[name]))
        config["start_index"] -= config["length"]
        return TimeseriesGenerator(**config)
    except (ValueError, TypeError, KeyError) as error:
        if isinstance(error, CorneError):
            raise
        raise FileFormatError(
            "timeseries_generator_from_json",
            "what TimeseriesGenerator.to_json wrote",
            f"{str(json_string)[:60]!r} ({error!r})",
        ) from error
