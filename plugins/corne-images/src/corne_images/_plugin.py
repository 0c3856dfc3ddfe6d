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


#: ``{module: name in it}``
_LAYERS = {
    "aug_mix": "AugMix",
    "auto_contrast": "AutoContrast",
    "center_crop": "CenterCrop",
    "contrast_limited_adaptive_histogram_equalization": "ContrastLimitedAdaptiveHistogramEqualization",
    "cut_mix": "CutMix",
    "equalization": "Equalization",
    "max_num_bounding_boxes": "MaxNumBoundingBoxes",
    "mix_up": "MixUp",
    "rand_augment": "RandAugment",
    "random_brightness": "RandomBrightness",
    "random_color_degeneration": "RandomColorDegeneration",
    "random_color_jitter": "RandomColorJitter",
    "random_contrast": "RandomContrast",
    "random_crop": "RandomCrop",
    "random_elastic_transform": "RandomElasticTransform",
    "random_erasing": "RandomErasing",
    "random_flip": "RandomFlip",
    "random_gaussian_blur": "RandomGaussianBlur",
    "random_grayscale": "RandomGrayscale",
    "random_hue": "RandomHue",
    "random_invert": "RandomInvert",
    "random_perspective": "RandomPerspective",
    "random_posterization": "RandomPosterization",
    "random_rotation": "RandomRotation",
    "random_saturation": "RandomSaturation",
    "random_sharpness": "RandomSharpness",
    "random_shear": "RandomShear",
    "random_translation": "RandomTranslation",
    "random_zoom": "RandomZoom",
    "resizing": "Resizing",
    "solarization": "Solarization",
}


@hookimpl
def corne_layers() -> dict[str, str]:
    """Return name to ``module:class``."""
    return {name: f"corne_images.layers.{module}:{name}" for module, name in _LAYERS.items()}
