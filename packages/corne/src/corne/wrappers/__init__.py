"""Models as estimators of other libraries."""

from corne.plugins.namespace import open_module

__getattr__, __dir__ = open_module(__name__)
