"""The marks on a hook's specification and on its implementations."""

import pluggy

PROJECT = "corne"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
