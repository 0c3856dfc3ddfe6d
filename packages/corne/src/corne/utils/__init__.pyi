# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne.utils import bounding_boxes as bounding_boxes
from corne.utils import legacy as legacy
from corne.config import disable_interactive_logging as disable_interactive_logging
from corne.config import enable_interactive_logging as enable_interactive_logging
from corne.config import is_interactive_logging_enabled as is_interactive_logging_enabled
from corne.dtypes import standardize_dtype as standardize_dtype
from corne.random import set_random_seed as set_random_seed
from corne.serialization import custom_object_scope as CustomObjectScope
from corne.serialization import custom_object_scope as custom_object_scope
from corne.serialization import deserialize_object as deserialize_keras_object
from corne.serialization import get_custom_objects as get_custom_objects
from corne.serialization import get_registered_name as get_registered_name
from corne.serialization import get_registered_object as get_registered_object
from corne.serialization import register_serializable as register_keras_serializable
from corne.serialization import serialize_object as serialize_keras_object
from corne.training.progbar import Progbar as Progbar
from corne.training.py_dataset import PyDataset as PyDataset
from corne.training.py_dataset import PyDataset as Sequence
from corne.utils.batches import pack_x_y_sample_weight as pack_x_y_sample_weight
from corne.utils.batches import unpack_x_y_sample_weight as unpack_x_y_sample_weight
from corne.utils.messages import message as message
from corne.utils.numerical import normalize as normalize
from corne.utils.numerical import to_categorical as to_categorical
from corne.utils.session import clear_session as clear_session
from corne.utils.session import get_source_inputs as get_source_inputs
from corne.utils.session import is_keras_tensor as is_keras_tensor
from corne.utils.settings import Config as Config
from corne_data.dataset import Dataset as Dataset
from corne_data.download import get_file as get_file
from corne_data.from_directory.images import image_dataset_from_directory as image_dataset_from_directory
from corne_data.from_directory.sounds import audio_dataset_from_directory as audio_dataset_from_directory
from corne_data.from_directory.texts import text_dataset_from_directory as text_dataset_from_directory
from corne_data.pad_sequences import pad_sequences as pad_sequences
from corne_data.split_dataset import split_dataset as split_dataset
from corne_data.timeseries import timeseries_dataset_from_array as timeseries_dataset_from_array
from corne_images.array_to_img import array_to_img as array_to_img
from corne_images.img_to_array import img_to_array as img_to_array
from corne_images.load_img import load_img as load_img
from corne_images.save_img import save_img as save_img
from corne_preprocessing.feature_space import FeatureSpace as FeatureSpace
from corne_preprocessing.ngrams import ngrams as ngrams
from corne_torch.bridge.to_module import to_module as to_torch
from corne_visualization.plot_model import plot_model as plot_model
