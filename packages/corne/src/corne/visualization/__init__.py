"""Pictures of images, boxes and masks."""

from corne.plugins.namespace import open_module

__getattr__, __dir__ = open_module(__name__)
