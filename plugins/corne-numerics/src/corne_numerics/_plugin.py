"""What corne-numerics registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1

#: Module to the operations in it. An operation's function has its name, without a namespace before it.
_FAMILIES = {
    "associative_scan": "associative_scan",
    "bits": "bitwise_invert bitwise_left_shift bitwise_not bitwise_right_shift",
    "blocks": "depth_to_space fold psnr space_to_depth unfold",
    "complex_views": "conj polar view_as_complex view_as_real",
    "ctc_decode": "ctc_decode",
    "ctc_loss": "ctc_loss",
    "fourier": "fft fft2 ifft2 irfft rfft",
    "image.affine_transform": "image.affine_transform",
    "image.colors": "image.hsv_to_rgb image.rgb_to_grayscale image.rgb_to_hsv",
    "image.crop_and_pad": "image.crop_images image.pad_images",
    "image.elastic_transform": "image.elastic_transform",
    "image.extract_patches": "image.extract_patches image.extract_patches_3d",
    "image.gaussian_blur": "image.gaussian_blur",
    "image.map_coordinates": "image.map_coordinates",
    "image.perspective_transform": "image.perspective_transform",
    "image.scale_and_translate": "image.scale_and_translate",
    "image.sobel_edges": "image.sobel_edges",
    "image.ssim": "image.ssim",
    "jvp": "jvp",
    "linalg": "cholesky cholesky_inverse det eig eigh inv logdet matrix_rank pinv slogdet svd",
    "manipulation": (
        "append array copy diagflat diff dsplit dstack fliplr flipud geomspace hsplit kron rot90 select trapezoid "
        "unravel_index vander view vsplit"
    ),
    "nan_reductions": (
        "nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin nanpercentile nanprod nanquantile "
        "nanstd nansum nanvar percentile"
    ),
    "order": "argpartition isin unique",
    "rearrange": "rearrange",
    "saturate_cast": "saturate_cast",
    "segments": "segment_min segment_prod",
    "short_time": "extract_sequences istft stft",
    "special": (
        "allclose cbrt exp2 fabs fmax fmin fmod gcd heaviside i0 isneginf isposinf isreal lcm ldexp logaddexp2 "
        "nextafter signbit sinc"
    ),
    "statistics": "average corrcoef correlate histogram ptp",
    "systems": "cdist lstsq lu_factor solve solve_triangular",
    "vectorize": "vectorize",
    "windows": "bartlett blackman hamming hanning kaiser",
}


@hookimpl
def corne_ops() -> dict[str, str]:
    """Return name to ``module:function``."""
    return {
        name: f"corne_numerics.{module}:{name.rpartition('.')[2]}"
        for module, names in _FAMILIES.items()
        for name in names.split()
    }
