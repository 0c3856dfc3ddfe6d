"""Corne's cuda backend: PyTorch on NVIDIA GPUs."""
