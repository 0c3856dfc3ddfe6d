"""Names that programs for Keras 2 use."""

from corne._lazy import attach

__getattr__, __dir__ = attach(__name__, {}, ("saving",))
