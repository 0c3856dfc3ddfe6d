"""Arithmetic of bounding boxes: formats, clipping, overlap, encoding."""

from corne._lazy import attach

_NAMES = {
    "affine_transform": "corne_images.bounding_boxes.affine_transform:affine_transform",
    "clip_to_image_size": "corne_images.bounding_boxes.clip_to_image_size:clip_to_image_size",
    "compute_ciou": "corne_images.bounding_boxes.compute_ciou:compute_ciou",
    "compute_iou": "corne_images.bounding_boxes.compute_iou:compute_iou",
    "convert_format": "corne_images.bounding_boxes.convert_format:convert_format",
    "crop": "corne_images.bounding_boxes.crop:crop",
    "decode_deltas_to_boxes": "corne_images.bounding_boxes.decode_deltas_to_boxes:decode_deltas_to_boxes",
    "encode_box_to_deltas": "corne_images.bounding_boxes.encode_box_to_deltas:encode_box_to_deltas",
    "pad": "corne_images.bounding_boxes.pad:pad",
}

__getattr__, __dir__ = attach(__name__, _NAMES)
