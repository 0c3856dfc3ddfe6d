"""The image layers, one in each file."""
