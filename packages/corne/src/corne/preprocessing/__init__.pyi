# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne.preprocessing import image as image
from corne.preprocessing import sequence as sequence
from corne.preprocessing import text as text
from corne_data.from_directory.images import image_dataset_from_directory as image_dataset_from_directory
from corne_data.from_directory.texts import text_dataset_from_directory as text_dataset_from_directory
from corne_data.timeseries import timeseries_dataset_from_array as timeseries_dataset_from_array
