"""Layers, an operation, an activation and a loss for Corne. Importing this imports nothing else."""
