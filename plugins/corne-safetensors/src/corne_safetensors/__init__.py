"""Weights in .safetensors files."""
