"""Recurrent layers for Corne."""
