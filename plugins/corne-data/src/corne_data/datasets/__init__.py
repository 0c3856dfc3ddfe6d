"""Data sets that many programs use."""
