"""Typed faces: complete, free of fallbacks, and in step with the plugins."""

from __future__ import annotations

from pathlib import Path

import corne
import pytest
from corne.errors import PluginError
from corne.plugins import Status, known, plugins
from corne.plugins.catalog import normalized
from corne_cli import stubs

PACKAGE = Path(corne.__file__).parent
SOURCE = """
@hookimpl
def corne_layers():
    return {"Scale": "acme_%s.scale:Scale", "Own%s": "acme_%s.scale:Scale", "not a name": "acme_a.scale:Scale"}
"""


def test_a_stub_package_includes_third_parties(install, tmp_path):
    install("acme-a", SOURCE % ("a", "A", "a"))
    files = stubs.write_stub_package(tmp_path)
    assert tmp_path / "corne-stubs/py.typed" in files
    assert (tmp_path / "corne-stubs/py.typed").read_text() == "partial\n"
    face = (tmp_path / "corne-stubs/layers/__init__.pyi").read_text()
    assert "from acme_a.scale import Scale as Scale\n" in face
    assert "from acme_a.scale import Scale as OwnA\n" in face
    assert "from corne.layer import Layer as Layer\n" in face
    assert "not a name" not in face
    assert "__getattr__" not in face
    compile(face, "face", "exec")


def test_a_name_in_conflict_is_left_out(install):
    install("acme-a", SOURCE % ("a", "A", "a"))
    install("acme-b", SOURCE % ("b", "B", "b"))
    face = stubs.faces(first_party=False)["layers/__init__.pyi"]
    assert " as Scale\n" not in face
    assert " as OwnA\n" in face
    assert " as OwnB\n" in face


def test_first_party_faces_leave_third_parties_out(install):
    install("acme-a", SOURCE % ("a", "A", "a"))
    assert "acme_a" not in "".join(stubs.faces(first_party=True).values())


def test_a_taken_over_name_stays_out(install):
    install("acme-a", SOURCE.replace("Scale", "Conv2D", 1) % ("a", "A", "a"))
    assert " as Conv2D\n" not in stubs.faces(first_party=False)["layers/__init__.pyi"]


def test_own_faces_are_written_only_when_all_first_parties_are_there(install, tmp_path):
    with pytest.raises(PluginError, match=r"problems with .*corne-layers"):
        stubs.write_own(tmp_path)
    assert list(tmp_path.glob("*.pyi")) == []


def all_first_parties() -> None:
    listed = {distribution for table in known.NAMES.values() for distribution in table}
    loaded = {normalized(p.distribution) for p in plugins() if p.status is Status.LOADED}
    if not listed <= loaded:
        pytest.skip(f"needs every first-party plugin; without {', '.join(sorted(listed - loaded))}")


def test_the_written_faces_are_in_step_with_the_plugins():
    all_first_parties()
    for path, text in {**stubs.own_faces(), **stubs.faces(first_party=True)}.items():
        face = PACKAGE / path
        assert face.exists(), path
        assert face.read_text() == text, f"{path} has drifted: run `corne plugins stubs --first-party`"


def test_the_table_of_known_names_is_in_step_with_the_plugins():
    all_first_parties()
    written = (PACKAGE / "plugins/known.json").read_text()
    assert written == stubs.known_names(), "known.json has drifted: run `corne plugins stubs --first-party`"


def test_no_name_belongs_to_two_first_parties():
    for kind, table in known.NAMES.items():
        names = [name for offered in table.values() for name in offered]
        assert len(names) == len(set(names)), kind
