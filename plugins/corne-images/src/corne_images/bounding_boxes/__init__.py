"""Bounding boxes: formats, clipping, overlap, encoding. Its functions are ``corne.utils.bounding_boxes``."""
