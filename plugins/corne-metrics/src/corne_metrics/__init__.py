"""Metrics for Corne."""
