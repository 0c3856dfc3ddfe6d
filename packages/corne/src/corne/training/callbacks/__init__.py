"""Callbacks: what watches and steers training."""
