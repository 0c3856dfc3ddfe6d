"""Optimizers and learning-rate schedules for Corne."""
