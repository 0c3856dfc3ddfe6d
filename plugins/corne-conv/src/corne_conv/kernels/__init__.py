"""Default bodies of convolution, pooling and resizing, on array-API functions."""
