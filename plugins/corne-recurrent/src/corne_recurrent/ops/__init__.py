"""Recurrent operations."""
