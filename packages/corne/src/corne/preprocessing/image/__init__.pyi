# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_images.array_to_img import array_to_img as array_to_img
from corne_images.img_to_array import img_to_array as img_to_array
from corne_images.load_img import load_img as load_img
from corne_images.save_img import save_img as save_img
from corne_images.smart_resize import smart_resize as smart_resize
