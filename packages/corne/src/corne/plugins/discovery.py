"""Find installed plugins and call their behaviour hooks.

The loop is our own: with pluggy's ``load_setuptools_entrypoints`` one broken plugin stops all others, and
of two distributions with the same entry name one vanishes. Here every distribution becomes a
:class:`Plugin` with a status, and every hook implementation is collected separately.
"""

from __future__ import annotations

import importlib
import inspect
import os
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import Any

import pluggy

from corne.errors import CorneError, PluginError, nearest
from corne.plugins import hookspecs
from corne.plugins.catalog import KINDS, Plugin, Problem, Status, normalized
from corne.plugins.known import FIRST_PARTY
from corne.plugins.markers import PROJECT

#: The plugin interface's major version, which a ``_plugin`` module states as ``CORNE_API``.
CORNE_API = 1
GROUP = "corne"

_NAME_HOOKS = frozenset(f"corne_{kind}" for kind in KINDS)
_lock = threading.RLock()
_found: tuple[pluggy.PluginManager, list[Plugin]] | None = None
_running = False


def plugins() -> list[Plugin]:
    """Return every installed plugin with its status, sorted by distribution. Discovers on first use."""
    return _discovered()[1]


def refresh() -> list[Plugin]:
    """Discover plugins again, after an installation or a change of the environment."""
    forget()
    return plugins()


def forget() -> None:
    """Drop the plugins found; the next use discovers them again."""
    from corne.plugins import registry

    global _found
    importlib.invalidate_caches()  # also shows what was installed within the clock's tick
    with _lock:
        _found = None
        registry.forget()


def strict() -> bool:
    """Return whether ``CORNE_STRICT_PLUGINS`` asks for an error on the first broken plugin."""
    return os.environ.get("CORNE_STRICT_PLUGINS", "") not in ("", "0")


def disabled() -> set[str]:
    """Return the distributions named in ``CORNE_DISABLE_PLUGINS``; ``*`` means all third parties'."""
    words = os.environ.get("CORNE_DISABLE_PLUGINS", "").replace(",", " ").split()
    return {word if word == "*" else normalized(word) for word in words}


def _discovered() -> tuple[pluggy.PluginManager, list[Plugin]]:
    global _found, _running
    if _found is None:
        with _lock:
            if _running:
                raise PluginError(
                    "a plugin's _plugin module",
                    "only an import of corne.plugins",
                    "the use of a registered name",
                    "Move that import into the module that the hook's target names.",
                )
            if _found is None:
                _running = True
                try:
                    _found = _discover()
                finally:
                    _running = False
    return _found


def _discover() -> tuple[pluggy.PluginManager, list[Plugin]]:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    found = []
    for distribution, entry in _entry_points():
        plugin = Plugin(distribution.name, distribution.version, entry.value)
        _load(plugin, entry, manager)
        found.append(plugin)
    found.sort(key=lambda plugin: (normalized(plugin.distribution), plugin.entry))
    if strict():
        for plugin in found:
            for problem in plugin.problems:
                raise PluginError(
                    f"plugin {plugin.distribution} {plugin.version}, {problem.where}",
                    "no problem in any plugin, since CORNE_STRICT_PLUGINS is set",
                    problem.message.rstrip("."),
                    "`corne doctor` shows the traceback. Or unset CORNE_STRICT_PLUGINS.",
                )
    return manager, found


def _entry_points() -> Iterator[tuple[metadata.Distribution, metadata.EntryPoint]]:
    """Yield the group's entry points; if a distribution is on the path twice, only the first one's.

    ``metadata.entry_points`` is not used because it raises if any installed file is malformed.
    Reading the text before parsing also keeps the scan to a few microseconds a distribution.
    """
    seen = set()
    for distribution in metadata.distributions():
        try:
            text = distribution.read_text("entry_points.txt")
            if not text or f"[{GROUP}]" not in text:
                continue
            name = normalized(distribution.name)
            entries = list(distribution.entry_points.select(group=GROUP))
        except Exception as error:
            if text and f"[{GROUP}]" in text:
                warnings.warn(
                    f"Unreadable entry points in {distribution!r}: {error}", RuntimeWarning, stacklevel=2
                )
            continue
        if name not in seen:
            seen.add(name)
            for entry in {entry.value: entry for entry in entries}.values():
                yield distribution, entry


def _load(plugin: Plugin, entry: metadata.EntryPoint, manager: pluggy.PluginManager) -> None:
    off = disabled()
    name = normalized(plugin.distribution)
    if name in off or ("*" in off and name not in FIRST_PARTY):
        plugin.status = Status.DISABLED
        return
    try:
        module = entry.load()
    except (Exception, SystemExit) as error:  # a plugin that calls sys.exit must not end the program
        plugin.status = Status.FAILED
        plugin.problems.append(_caught("import", error))
        return
    plugin.api = getattr(module, "CORNE_API", None)
    if plugin.api != CORNE_API:
        plugin.status = Status.INCOMPATIBLE
        plugin.problems.append(Problem("CORNE_API", _advice(plugin)))
        return
    implementations = _implementations(module, plugin)
    for hook in [hook for hook in implementations if hook in _NAME_HOOKS]:
        _collect(plugin, hook, implementations.pop(hook))
    plugin.hooks = sorted(implementations)
    manager.register(_Implementations(implementations), name=f"{name} {entry.value}")


class _Implementations:
    """The object that pluggy registers as the plugin: only its valid hooks."""

    def __init__(self, functions: dict[str, Callable[..., Any]]) -> None:
        vars(self).update(functions)


def _advice(plugin: Plugin) -> str:
    if type(plugin.api) is not int:
        return f"{plugin.entry} does not state its plugin interface: add CORNE_API = {CORNE_API}."
    built = f"Built for plugin interface {plugin.api}; this is corne with plugin interface {CORNE_API}."
    upgrade = "corne" if plugin.api > CORNE_API else plugin.distribution
    return f"{built} Run: pip install --upgrade {upgrade}"


def _caught(where: str, error: BaseException) -> Problem:
    text = "".join(traceback.format_exception(error))
    return Problem(where, f"{type(error).__name__}: {error}", text)


def _implementations(module: Any, plugin: Plugin) -> dict[str, Callable[..., Any]]:
    """Return the valid hook implementations of a ``_plugin`` module and record the invalid ones."""
    good: dict[str, Callable[..., Any]] = {}
    hooks = [name for name in vars(hookspecs) if name.startswith("corne_")]
    for name, function in inspect.getmembers(module, inspect.isroutine):
        options = getattr(function, f"{PROJECT}_impl", None)
        if options is None:
            if name.startswith("corne_") and getattr(function, "__module__", None) == module.__name__:
                plugin.problems.append(Problem(name, f"{name} is not marked: put @hookimpl above it."))
            continue
        hook = options.get("specname") or name
        if hook not in hooks:
            message = f"There is no hook {hook}.{nearest(hook, hooks) or ' Hooks: ' + ', '.join(hooks)}"
            plugin.problems.append(Problem(hook, message))
            continue
        known = inspect.signature(getattr(hookspecs, hook)).parameters
        unknown = [argument for argument in inspect.signature(function).parameters if argument not in known]
        if unknown:
            takes = f"({', '.join(known)})"
            plugin.problems.append(Problem(hook, f"{hook} takes {takes}, not {', '.join(unknown)}."))
        elif options.get("wrapper") or options.get("hookwrapper"):
            plugin.problems.append(Problem(hook, f"{hook} can't be a wrapper: remove wrapper=True."))
        else:
            good[hook] = function
    return good


def _collect(plugin: Plugin, hook: str, function: Callable[..., Any]) -> None:
    """Call one name hook and keep the valid part of its answer."""
    try:
        answer = function()
        items = [] if answer is None else list(answer.items())
    except (Exception, SystemExit) as error:
        plugin.problems.append(_caught(hook, error))
        return
    names = plugin.names.setdefault(hook.removeprefix("corne_"), {})
    for name, target in items:
        module, _, attribute = target.partition(":") if isinstance(target, str) else ("", "", "")
        wrong = _fault(hook, name)
        if wrong:
            plugin.problems.append(Problem(hook, f"{name!r} {wrong}"))
        elif not module or not attribute:
            plugin.problems.append(
                Problem(
                    hook,
                    f'{name!r} must map to "module:attribute", not {target!r}: return paths, not objects.',
                )
            )
        else:
            names[name] = target


def _fault(hook: str, name: Any) -> str:
    """Return the defect of a name that a hook returned, empty if there is none."""
    if not isinstance(name, str) or not name:
        return "is not a name: use a string."
    if hook == "corne_kernels":
        engine, _, operation = name.partition(":")
        return "" if engine and operation else 'does not name a kernel: use "engine:operation".'
    if ":" in name:
        return "is not a name: use a string without colons."
    if hook == "corne_ops" and not all(part.isidentifier() for part in name.split(".")):
        return 'does not name an operation: use identifiers, as in "swirl" or "image.swirl".'
    return ""


class Hook:
    """Calls behaviour hooks: ``hook.corne_fit_callbacks(model=model)`` returns a list of answers.

    A hook with a single answer (``corne_data_adapter``, ``corne_file_format``) returns the first that
    isn't None, or None. An implementation that raises is skipped: the problem is kept for ``corne doctor``
    and reported in a RuntimeWarning. A ``CorneError`` is a plugin's answer to the user's input and is raised.
    """

    def __getattr__(self, name: str) -> Callable[..., Any]:
        manager, found = _discovered()
        caller = getattr(manager.hook, name, None)
        if caller is None or caller.spec is None:
            hooks = [name for name in vars(hookspecs) if name.startswith("corne_")]
            raise AttributeError(f"no hook {name!r}.{nearest(name, hooks)}")
        first = bool((caller.spec.opts or {}).get("firstresult"))

        def call(**arguments: Any) -> Any:
            answers = []
            for implementation in reversed(caller.get_hookimpls()):
                try:
                    answer = implementation.function(*(arguments[a] for a in implementation.argnames))
                except CorneError:
                    raise
                except Exception as error:
                    _blame(found, implementation.plugin_name, name, error)
                    continue
                if answer is not None:
                    if first:
                        return answer
                    answers.append(answer)
            return None if first else answers

        return call


def _blame(found: list[Plugin], key: str, hook: str, error: Exception) -> None:
    plugin = next(p for p in found if f"{normalized(p.distribution)} {p.entry}" == key)
    problem = _caught(hook, error)
    if problem not in plugin.problems:
        plugin.problems.append(problem)
    if strict():
        raise PluginError(
            f"plugin {plugin.distribution} {plugin.version}, {hook}", "an answer", problem.message,
            "Unset CORNE_STRICT_PLUGINS to skip it.",
        ) from error  # fmt: skip
    warnings.warn(
        f"Plugin {plugin.distribution} {plugin.version} failed in {hook} and is skipped: {problem.message}",
        RuntimeWarning,
        stacklevel=4,
    )


hook = Hook()
