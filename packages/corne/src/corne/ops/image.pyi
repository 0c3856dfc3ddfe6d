# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_conv.ops.resizing import resize as resize
from corne_numerics.image.affine_transform import affine_transform as affine_transform
from corne_numerics.image.colors import hsv_to_rgb as hsv_to_rgb
from corne_numerics.image.colors import rgb_to_grayscale as rgb_to_grayscale
from corne_numerics.image.colors import rgb_to_hsv as rgb_to_hsv
from corne_numerics.image.crop_and_pad import crop_images as crop_images
from corne_numerics.image.crop_and_pad import pad_images as pad_images
from corne_numerics.image.elastic_transform import elastic_transform as elastic_transform
from corne_numerics.image.extract_patches import extract_patches as extract_patches
from corne_numerics.image.extract_patches import extract_patches_3d as extract_patches_3d
from corne_numerics.image.gaussian_blur import gaussian_blur as gaussian_blur
from corne_numerics.image.map_coordinates import map_coordinates as map_coordinates
from corne_numerics.image.perspective_transform import perspective_transform as perspective_transform
from corne_numerics.image.scale_and_translate import scale_and_translate as scale_and_translate
from corne_numerics.image.sobel_edges import sobel_edges as sobel_edges
from corne_numerics.image.ssim import ssim as ssim
