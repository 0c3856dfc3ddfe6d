"""Markers for hook specifications and hook implementations."""

import pluggy

PROJECT = "corne"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
