"""Losses for Corne."""
