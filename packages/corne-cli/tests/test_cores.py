"""Cores that a container's quota leaves."""

from __future__ import annotations

import pytest
from corne_cli import cores


@pytest.fixture(autouse=True)
def _eight(monkeypatch):
    monkeypatch.setattr(cores.os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_without_groups(tmp_path):
    assert cores.available_cores(tmp_path) == 8


@pytest.mark.parametrize(
    ("text", "expected"), [("150000 100000\n", 1.5), ("max 100000\n", 8), ("nonsense", 8)]
)
def test_version_2_also_of_a_group_above(text, expected, tmp_path):
    write(tmp_path, {"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/cpu.max": text})
    assert cores.available_cores(tmp_path) == expected


@pytest.mark.parametrize(("quota", "expected"), [("200000\n", 2), ("-1\n", 8)])
def test_version_1(quota, expected, tmp_path):
    folder = "sys/fs/cgroup/cpu/docker"
    files = {"proc/self/cgroup": "4:memory:/docker\n3:cpu,cpuacct:/docker\n", f"{folder}/cpu.cfs_quota_us": quota,
             f"{folder}/cpu.cfs_period_us": "100000\n"}  # fmt: skip
    write(tmp_path, files)
    assert cores.available_cores(tmp_path) == expected
