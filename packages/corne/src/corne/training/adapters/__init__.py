"""Data of every kind as batches."""

from corne.training.adapters.adapter import DataAdapter
from corne.training.adapters.choose import choose_adapter

__all__ = ["DataAdapter", "choose_adapter"]
