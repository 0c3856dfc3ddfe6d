"""Error messages for unavailable names: which package to install, repair or enable."""

from __future__ import annotations

from collections.abc import Iterable

from corne.errors import MissingPluginError, nearest
from corne.plugins import discovery
from corne.plugins.catalog import Status, normalized


def missing(name: str, owner: str) -> MissingPluginError:
    """Return the error for a name that its ``owner``, a distribution, does not provide here."""
    for plugin in discovery.plugins():
        if normalized(plugin.distribution) != owner:
            continue
        if plugin.status is Status.DISABLED:
            fix = f"remove {plugin.distribution} from the environment variable CORNE_DISABLE_PLUGINS"
            return MissingPluginError(name, owner, "disabled", fix)
        for problem in plugin.problems:
            given = f"installed ({plugin.version}) but {plugin.status} ({problem.where}: {problem.message})"
            if plugin.status is Status.LOADED:
                given = f"installed ({plugin.version}) but has a problem ({problem.where}: {problem.message})"
            return MissingPluginError(name, owner, given, "`corne doctor` shows the traceback")
        given, fix = f"installed in version {plugin.version}, without it", f"pip install --upgrade {owner}"
        return MissingPluginError(name, owner, given, fix)
    return MissingPluginError(name, owner, "not installed", f"pip install {owner}")


def hint(kind: str, name: str, candidates: Iterable[str]) -> str:
    """Return advice for an unknown name: where to look, the nearest name, plugins that did not load."""
    broken = [p.distribution for p in discovery.plugins() if p.status in (Status.FAILED, Status.INCOMPATIBLE)]
    trouble = f" Not loaded: {', '.join(broken)} (see `corne doctor`)." if broken else ""
    return f"`corne plugins list` shows what is installed.{nearest(name, candidates)}{trouble}"


def noun(kind: str) -> str:
    """Return the singular of a kind: ``noun("losses")`` is "loss"."""
    return {"losses": "loss", "ops": "operation"}.get(kind, kind.removesuffix("s"))
