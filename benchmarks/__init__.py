"""Corne against hand-written PyTorch and Keras, side by side in one run: ``python -m benchmarks``."""
