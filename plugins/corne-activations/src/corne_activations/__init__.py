"""Activation functions for Corne."""
