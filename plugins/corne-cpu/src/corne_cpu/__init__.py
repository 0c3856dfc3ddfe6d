"""Corne's cpu backend: PyTorch on the processor."""
