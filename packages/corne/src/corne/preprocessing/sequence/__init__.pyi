# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_data.pad_sequences import pad_sequences as pad_sequences
from corne_keras.preprocessing.sequence.make_sampling_table import make_sampling_table as make_sampling_table
from corne_keras.preprocessing.sequence.skipgrams import skipgrams as skipgrams
from corne_keras.preprocessing.sequence.timeseries_generator import TimeseriesGenerator as TimeseriesGenerator
from corne_keras.preprocessing.sequence.timeseries_generator_from_json import timeseries_generator_from_json as timeseries_generator_from_json
