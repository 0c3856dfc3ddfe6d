"""Attention layers for Corne."""
