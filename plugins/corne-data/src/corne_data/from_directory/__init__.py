"""Data sets out of folders."""
