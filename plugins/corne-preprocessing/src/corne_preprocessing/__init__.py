"""Layers that prepare numbers, categories and text, for models and for data pipelines."""
