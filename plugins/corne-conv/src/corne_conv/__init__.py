"""Convolution, pooling and padding layers for Corne."""
