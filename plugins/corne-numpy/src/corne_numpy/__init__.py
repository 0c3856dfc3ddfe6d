"""Corne's numpy backend: the definition of every operation, and slim inference without torch."""
