"""Export: not in this version."""

from corne.plugins.namespace import planned

__getattr__ = planned(
    __name__,
    "corne-export",
    "ExportArchive",
)
