"""What corne-images registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_readers() -> dict[str, str]:
    """Return the endings of image files that Pillow decodes."""
    endings = ".bmp .gif .jpeg .jpg .png .tif .tiff .webp"
    return dict.fromkeys(endings.split(), "corne_images.readers:read_image")


@hookimpl
def corne_names() -> dict[str, str]:
    """Return the functions for image files and bounding boxes, by their paths below ``corne``."""
    files = ["array_to_img", "img_to_array", "load_img", "save_img"]
    boxes = [
        "affine_transform",
        "clip_to_image_size",
        "compute_ciou",
        "compute_iou",
        "convert_format",
        "crop",
        "decode_deltas_to_boxes",
        "encode_box_to_deltas",
        "pad",
    ]
    return {
        **{f"utils.{name}": f"corne_images.{name}:{name}" for name in files},
        **{f"preprocessing.image.{name}": f"corne_images.{name}:{name}" for name in [*files, "smart_resize"]},
        **{f"utils.bounding_boxes.{name}": f"corne_images.bounding_boxes.{name}:{name}" for name in boxes},
    }
