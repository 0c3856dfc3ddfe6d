"""How plugins reach Corne, and how Corne reaches what they registered.

A plugin's ``_plugin`` module needs one import from here:

    from corne.plugins import hookimpl

    CORNE_API = 1

    @hookimpl
    def corne_layers():
        return {"Scale": "acme_scale.scale:Scale"}

Nothing heavy is imported by importing this package.
"""

from corne.plugins import registry
from corne.plugins.catalog import Plugin, Problem, Status
from corne.plugins.discovery import CORNE_API, hook, plugins, refresh
from corne.plugins.markers import hookimpl

__all__ = ["CORNE_API", "Plugin", "Problem", "Status", "hook", "hookimpl", "plugins", "refresh", "registry"]
