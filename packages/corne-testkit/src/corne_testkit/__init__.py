"""Conformance tests for anyone's Corne plugin, as a pytest plugin."""
