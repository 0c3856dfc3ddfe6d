"""Data sets and downloads for Corne."""
