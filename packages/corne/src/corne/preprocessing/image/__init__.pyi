# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_images.array_to_img import array_to_img as array_to_img
from corne_images.img_to_array import img_to_array as img_to_array
from corne_images.load_img import load_img as load_img
from corne_images.save_img import save_img as save_img
from corne_images.smart_resize import smart_resize as smart_resize
from corne_keras.preprocessing.image.apply_affine_transform import apply_affine_transform as apply_affine_transform
from corne_keras.preprocessing.image.apply_brightness_shift import apply_brightness_shift as apply_brightness_shift
from corne_keras.preprocessing.image.apply_channel_shift import apply_channel_shift as apply_channel_shift
from corne_keras.preprocessing.image.data_frame_iterator import DataFrameIterator as DataFrameIterator
from corne_keras.preprocessing.image.directory_iterator import DirectoryIterator as DirectoryIterator
from corne_keras.preprocessing.image.image_data_generator import ImageDataGenerator as ImageDataGenerator
from corne_keras.preprocessing.image.iterator import Iterator as Iterator
from corne_keras.preprocessing.image.numpy_array_iterator import NumpyArrayIterator as NumpyArrayIterator
from corne_keras.preprocessing.image.random_brightness import random_brightness as random_brightness
from corne_keras.preprocessing.image.random_channel_shift import random_channel_shift as random_channel_shift
from corne_keras.preprocessing.image.random_rotation import random_rotation as random_rotation
from corne_keras.preprocessing.image.random_shear import random_shear as random_shear
from corne_keras.preprocessing.image.random_shift import random_shift as random_shift
from corne_keras.preprocessing.image.random_zoom import random_zoom as random_zoom
