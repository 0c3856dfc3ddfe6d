"""The one version of every first-party package; tests/test_versions.py holds the packages to it."""

__version__ = "0.1.0"
