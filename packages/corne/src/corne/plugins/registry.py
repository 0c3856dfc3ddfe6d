"""Find the object behind a name; import it on first use.

Names have a kind (``"layers"``, ``"losses"``, ...). A bare name is looked up among all plugins; a
qualified one, ``"acme-scale:Scale"``, in one distribution. First-party names belong to the
distribution that ``known`` lists; another plugin's claim to one is reachable by its qualified name only.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from corne._lazy import load_path as load_path
from corne.errors import CorneError, PluginError, UnknownNameError, nearest
from corne.plugins import builtin, discovery, known
from corne.plugins.advice import hint, missing, noun
from corne.plugins.catalog import KINDS, Claim, Plugin, Problem, Status, normalized

_lock = threading.RLock()
_claims: dict[str, dict[str, list[Claim]]] | None = None
_objects: dict[str, Any] = {}  # by target
_entries: dict[Any, Entry] = {}  # by object and kind
_by_attribute: dict[tuple[str, str], list[tuple[str, str, Claim]]] = {}  # by top-level package and attribute
_listeners: list[Callable[[], None]] = []


class Provider(NamedTuple):
    """The distribution behind a name or an object."""

    distribution: str
    version: str


class Entry(NamedTuple):
    """An object's registration."""

    kind: str
    name: str
    distribution: str
    first_party: bool


def get(kind: str, name: str) -> Any:
    """Return the object registered as ``name``, which is exact or qualified by a distribution.

    Raises:
        UnknownNameError: No installed package registers it.
        MissingPluginError: A first-party package provides it and is not installed, broken or disabled.
        PluginError: Two plugins claim it, or its module can't be imported.
    """
    return _import(kind, name, _claim(kind, name))


def find(kind: str, identifier: str) -> Any:
    """Return the object for a user's string: exact names first, then any spelling.

    Without an exact match, case and underscores are ignored: ``"glorot_uniform"`` finds
    ``GlorotUniform``.

    Raises:
        UnknownNameError: No name matches, or several do.
        MissingPluginError: As for :func:`get`.
        PluginError: As for :func:`get`.
    """
    claims = _all_claims()[_kind(kind)]
    if ":" in identifier or identifier in claims or identifier in known.OWNERS.get(kind, {}):
        return get(kind, identifier)
    wanted = _loose(identifier)
    for candidates in (claims, known.OWNERS.get(kind, {})):
        fitting = [name for name in candidates if _loose(name) == wanted]
        targets = {claim.target for name in fitting for claim in claims.get(name, ())}
        if len(fitting) == 1 or len(targets) == 1:
            return get(kind, fitting[0])
        if fitting:
            raise UnknownNameError(
                f"{noun(kind)} {identifier!r}",
                "one exact name",
                f"a match for {' and '.join(sorted(fitting))}",
                "Write one of them with its capitals.",
            )
    return get(kind, identifier)


def names(kind: str) -> list[str]:
    """Return the bare names that installed packages register for a kind, sorted."""
    return sorted(name for name, claims in _all_claims()[_kind(kind)].items() if claims)


def expected(kind: str) -> set[str]:
    """Return the names that first-party packages register for a kind, installed or not."""
    return {*builtin.NAMES.get(kind, ()), *known.OWNERS.get(kind, ())}


def unambiguous(kind: str) -> set[str]:
    """Return the bare names that exactly one distribution registers."""
    return {name for name, claims in _all_claims()[_kind(kind)].items() if len(claims) == 1}


def provider(target: Any) -> Provider | None:
    """Return the distribution behind an object, a class or a pair ``(kind, name)``; None if unknown."""
    if isinstance(target, tuple) and len(target) == 2 and all(isinstance(part, str) for part in target):
        claim = _claim(*target)
        return Provider(claim.distribution, claim.version)
    owner = target if hasattr(target, "__qualname__") else type(target)
    package = str(getattr(owner, "__module__", "")).partition(".")[0]
    if package == "corne":
        return Provider("corne", builtin.version())
    for plugin in discovery.plugins():
        if plugin.package == package:
            return Provider(plugin.distribution, plugin.version)
    return None


def entry_of(item: Any, kind: str | None = None) -> Entry | None:
    """Return the registration of a class or function, or None.

    Of several names for one object its own ``__name__`` is preferred.

    Args:
        item: The class or function.
        kind: The kind to look in. Default: all.
    """
    entry = _entries.get((item, kind))
    if entry is None:
        entry = _find_entry(item, kind)
        if entry is not None:
            _entries[item, kind] = entry
    return entry


def spelling(entry: Entry) -> str:
    """Return the shortest unambiguous string for an entry: its bare name if no one else claims it."""
    claims = _all_claims()[entry.kind].get(entry.name, [])
    bare = [claim.distribution for claim in claims] == [entry.distribution]
    return entry.name if bare else f"{entry.distribution}:{entry.name}"


def kernel(engine: str, operation: str) -> Callable[..., Any] | None:
    """Return the kernel that a plugin registers for an engine's operation, or None.

    Args:
        engine: A backend's name, or that of an engine that several backends share.
        operation: The operation's name, bare or qualified by its distribution.

    Raises:
        PluginError: Two plugins register it, or its module can't be imported.
    """
    name = f"{engine}:{operation}"
    claims = _all_claims()["kernels"].get(name, [])
    if len(claims) > 1:
        parties = " and ".join(f"{claim.distribution} {claim.version}" for claim in claims)
        ways = " or ".join(f"CORNE_DISABLE_PLUGINS={claim.distribution}" for claim in claims)
        raise PluginError(f"kernel {name!r}", "one plugin to register it", parties, f"Disable one: {ways}.")
    if not claims:
        return None
    found: Callable[..., Any] = _import("kernels", name, claims[0])
    return found


def when_forgotten(listener: Callable[[], None]) -> None:
    """Call ``listener`` whenever the registered names are dropped, so that derived values can be dropped."""
    _listeners.append(listener)


def forget() -> None:
    """Drop the collected names; the next use collects them again (``corne.plugins.refresh``)."""
    global _claims
    with _lock:
        _claims = None
        _objects.clear()
        _entries.clear()
        _by_attribute.clear()
        for listener in _listeners:
            listener()


def _find_entry(item: Any, wanted: str | None) -> Entry | None:
    own = getattr(item, "__name__", "")
    package = str(getattr(item, "__module__", "")).partition(".")[0]
    if not _by_attribute:
        _index()
    fitting = []
    for kind, name, claim in _by_attribute.get((package, getattr(item, "__qualname__", own)), ()):
        module = claim.target.partition(":")[0]
        # Compare objects, since a target may be a re-export; import only possible matches.
        if kind != (wanted or kind) or (claim.target not in _objects and module not in sys.modules):
            continue  # the object exists, so the module it was registered from would be loaded
        if _import(kind, name, claim) is item:
            first_party = normalized(claim.distribution) in {"corne", *known.FIRST_PARTY}
            fitting.append(Entry(kind, name, claim.distribution, first_party))
    return min(fitting, key=lambda entry: entry.name != own, default=None)


def _index() -> None:
    found: dict[tuple[str, str], list[tuple[str, str, Claim]]] = {}
    for kind, name, claim in _every_claim():
        module, _, attribute = claim.target.partition(":")
        if kind != "kernels":
            found.setdefault((module.partition(".")[0], attribute), []).append((kind, name, claim))
    with _lock:
        _by_attribute.update(found)


def _every_claim() -> Iterator[tuple[str, str, Claim]]:
    for kind, table in _all_claims().items():
        for name, claims in table.items():
            for claim in claims:
                yield kind, name, claim
    for plugin in discovery.plugins():  # first-party names list no other plugin
        for kind, targets in plugin.names.items():
            for name, target in targets.items():
                claim = Claim(plugin.distribution, plugin.version, target)
                if claim not in _all_claims()[kind].get(name, ()):
                    yield kind, name, claim


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise UnknownNameError(
            "registry",
            f"one of the kinds {', '.join(KINDS)}",
            repr(kind),
            nearest(kind, KINDS).strip(),
        )
    return kind


def _all_claims() -> dict[str, dict[str, list[Claim]]]:
    global _claims
    if _claims is None:
        with _lock:
            found = discovery.plugins()
            if _claims is None:
                _claims = _merge(found)
    return _claims


def _merge(found: list[Plugin]) -> dict[str, dict[str, list[Claim]]]:
    claims: dict[str, dict[str, list[Claim]]] = {kind: {} for kind in KINDS}
    for kind, targets in builtin.NAMES.items():
        for name, target in targets.items():
            claims[kind][name] = [Claim("corne", builtin.version(), target)]
    for plugin in found:
        for kind, targets in plugin.names.items():
            for name, target in targets.items():
                owner = (
                    "corne" if name in builtin.NAMES.get(kind, {}) else known.OWNERS.get(kind, {}).get(name)
                )
                if owner is not None and owner != normalized(plugin.distribution):
                    message = (
                        f"{name!r} belongs to {owner}; "
                        f"use '{plugin.distribution}:{name}' for that of {plugin.distribution}."
                    )
                    problem = Problem(f"corne_{kind}", message)
                    if problem not in plugin.problems:
                        plugin.problems.append(problem)
                else:
                    claim = Claim(plugin.distribution, plugin.version, target)
                    claims[kind].setdefault(name, []).append(claim)
    return claims


def _claim(kind: str, name: str) -> Claim:
    if ":" in name:
        return _qualified(_kind(kind), name)
    claims = _all_claims()[_kind(kind)]
    candidates = claims.get(name, [])
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        parties = " and ".join(f"{claim.distribution} {claim.version}" for claim in candidates)
        ways = " or ".join(repr(f"{claim.distribution}:{name}") for claim in candidates)
        raise PluginError(
            f"{noun(kind)} {name!r}", "one plugin to register it", f"{parties}",
            f"Use {ways}, as a string argument or in corne.plugins.registry.get({kind!r}, …).",
        )  # fmt: skip
    owner = known.OWNERS.get(kind, {}).get(name)
    if owner is not None:
        raise missing(name, owner)
    raise UnknownNameError(
        f"{noun(kind)} {name!r}",
        f"a name that an installed package registers under {kind}",
        "an unknown name",
        hint(kind, name, [*claims, *known.OWNERS.get(kind, {})]),
    )


def _qualified(kind: str, name: str) -> Claim:
    distribution, _, bare = name.partition(":")
    wanted = normalized(distribution)
    if wanted == "corne" and bare in builtin.NAMES.get(kind, {}):
        return Claim("corne", builtin.version(), builtin.NAMES[kind][bare])
    theirs = [plugin for plugin in discovery.plugins() if normalized(plugin.distribution) == wanted]
    for plugin in theirs:
        target = plugin.names.get(kind, {}).get(bare)
        if target is not None:
            return Claim(plugin.distribution, plugin.version, target)
    if wanted != "corne" and not any(plugin.status is Status.LOADED for plugin in theirs):
        raise missing(bare, wanted)
    offered = builtin.NAMES.get(kind, {}) if wanted == "corne" else {
        offer for plugin in theirs for offer in plugin.names.get(kind, ())
    }  # fmt: skip
    raise UnknownNameError(
        f"{noun(kind)} {name!r}", f"a name that {distribution} registers under {kind}", repr(bare),
        hint(kind, bare, offered),
    )  # fmt: skip


def _import(kind: str, name: str, claim: Claim) -> Any:
    if claim.target not in _objects:
        try:
            _objects[claim.target] = load_path(claim.target)
        except CorneError:
            raise
        except Exception as error:
            raise PluginError(
                f"{noun(kind)} {name!r} of {claim.distribution} {claim.version}", f"{claim.target} to import",
                f"{type(error).__name__}: {error}",
                f"The plugin is broken; reinstall {claim.distribution} or report it to its authors.",
            ) from error  # fmt: skip
    return _objects[claim.target]


def _loose(name: str) -> str:
    return name.replace("_", "").lower()
