"""What corne-numerics registers."""

from __future__ import annotations

CORNE_API = 1

_FAMILIES = {
    "image.affine_transform": ["image.affine_transform"],
    "image.colors": ["image.rgb_to_grayscale", "image.rgb_to_hsv", "image.hsv_to_rgb"],
    "image.crop_and_pad": ["image.crop_images", "image.pad_images"],
    "image.elastic_transform": ["image.elastic_transform"],
    "image.extract_patches": ["image.extract_patches", "image.extract_patches_3d"],
    "image.gaussian_blur": ["image.gaussian_blur"],
    "image.map_coordinates": ["image.map_coordinates"],
    "image.perspective_transform": ["image.perspective_transform"],
    "image.scale_and_translate": ["image.scale_and_translate"],
    "image.sobel_edges": ["image.sobel_edges"],
    "image.ssim": ["image.ssim"],
}  # fmt: skip


def operations() -> dict[str, str]:
    """Return name to ``module:function``."""
    return {
        name: f"corne_numerics.{module}:{name.rpartition('.')[2]}"
        for module, group in _FAMILIES.items()
        for name in group
    }
