"""Looking into files without building anything from them; behind ``corne inspect``."""

from corne.saving.inspection.apart import examine_apart
from corne.saving.inspection.files import examine
from corne.saving.inspection.report import Finding, Layer, Level, Needed, Report

__all__ = ["Finding", "Layer", "Level", "Needed", "Report", "examine", "examine_apart"]
