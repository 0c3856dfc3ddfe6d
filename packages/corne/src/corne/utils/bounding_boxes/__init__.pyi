# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_images.bounding_boxes.affine_transform import affine_transform as affine_transform
from corne_images.bounding_boxes.clip_to_image_size import clip_to_image_size as clip_to_image_size
from corne_images.bounding_boxes.compute_ciou import compute_ciou as compute_ciou
from corne_images.bounding_boxes.compute_iou import compute_iou as compute_iou
from corne_images.bounding_boxes.convert_format import convert_format as convert_format
from corne_images.bounding_boxes.crop import crop as crop
from corne_images.bounding_boxes.decode_deltas_to_boxes import decode_deltas_to_boxes as decode_deltas_to_boxes
from corne_images.bounding_boxes.encode_box_to_deltas import encode_box_to_deltas as encode_box_to_deltas
from corne_images.bounding_boxes.pad import pad as pad
