"""Members of archives and folders: limits while they are read."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile

import pytest
from corne.errors import FileFormatError
from corne.saving.members import FolderMembers, ZipMembers


def understated(path, name: str, declared: int) -> None:
    """Make an archive's directory and member header declare fewer bytes than the member inflates to."""
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = data.index(mark)
        assert name.encode() in data[start : start + 60 + len(name)]
        struct.pack_into("<I", data, start + place, declared)
    path.write_bytes(data)


def test_reading_stops_at_the_declared_size(tmp_path):
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", bytes(200 * 2**20))  # 200 MiB of zeros in 200 kB
    understated(path, "config.json", 1000)
    tracemalloc.start()
    with ZipMembers(path) as members, pytest.raises(FileFormatError) as caught:
        members.read("config.json")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.where == f"{path}:config.json"
    assert peak < 8 * 2**20


def test_a_member_with_fewer_bytes_than_declared_is_damaged(tmp_path):
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", b"{}")
    understated(path, "config.json", 3)
    with ZipMembers(path) as members, pytest.raises(FileFormatError):
        members.read("config.json")


def test_a_limit_is_compared_before_anything_is_read(tmp_path):
    (tmp_path / "a").write_bytes(bytes(11))
    members = FolderMembers(tmp_path)
    assert members.read("a", most=11) == bytes(11)
    with pytest.raises(FileFormatError) as caught:
        members.read("a", most=10)
    assert (caught.value.expected, caught.value.given) == ("at most 10 bytes", "11")


def test_a_name_that_is_not_listed_is_not_opened(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside").write_text("secret")
    with pytest.raises(FileFormatError):
        FolderMembers(tmp_path / "inside").read("../outside")
