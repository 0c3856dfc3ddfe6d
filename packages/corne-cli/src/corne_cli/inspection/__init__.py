"""Inspect files without building anything from them; behind ``corne inspect``."""

from corne_cli.inspection.files import examine
from corne_cli.inspection.isolated import examine_in_subprocess
from corne_cli.inspection.report import Finding, Layer, Level, Needed, Report

__all__ = ["Finding", "Layer", "Level", "Needed", "Report", "examine", "examine_in_subprocess"]
