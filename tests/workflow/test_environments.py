"""The lock file, the conda environment and the project's metadata name the same packages."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from validators import citation_problems

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
PEERS = (ROOT / "benchmark.lock").read_text()
VALIDATORS = (ROOT / "validators.lock").read_text()
PYTHON = {"python_version": "3.11", "python_full_version": "3.11.9", "sys_platform": "linux"}


def entries(lock):
    """Requirements of a lock file."""
    lines = [line.rstrip(" \\") for line in lock.splitlines() if re.match("[a-z0-9]", line)]
    return [Requirement(line) for line in lines]


def versions(lock):
    """Version of each package that the lock file gives this Python."""
    return {
        entry.name: str(entry.specifier).removeprefix("==")
        for entry in entries(lock)
        if entry.marker is None or entry.marker.evaluate(PYTHON)
    }


LOCKED = versions(LOCK)
CONDA_NAMES = {"snakemake-minimal": "snakemake", "ruamel.yaml": "ruamel-yaml"}


@pytest.mark.parametrize("lock", [LOCK, PEERS, VALIDATORS])
def test_every_package_is_pinned_with_a_hash(lock):
    texts = re.split(r"^(?=[a-z0-9-]+==)", lock, flags=re.M)[1:]
    assert len(texts) == len(entries(lock)) > 35
    assert all("--hash=sha256:" in text for text in texts)


def test_the_citation_file_is_valid(tmp_path):
    assert citation_problems(ROOT / "CITATION.cff") == ""
    (tmp_path / "CITATION.cff").write_text("cff-version: 1.2.0\ntitle: x\n")
    assert "message" in citation_problems(tmp_path / "CITATION.cff")


def test_every_dependency_is_in_the_lock_file():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    peers = set(extras.pop("benchmark"))
    assert set(project["dependencies"]).union(*extras.values()) <= set(LOCKED)
    assert peers <= set(versions(PEERS))


def test_peers_bring_no_other_version_of_what_is_used():
    peers = versions(PEERS)
    assert all(peers[name] == version for name, version in LOCKED.items() if name in peers)


def test_the_conda_environment_pins_the_same_versions():
    listed = yaml.safe_load((ROOT / "envs/environment.yaml").read_text())["dependencies"]
    pins = [entry.split("=") for entry in listed if isinstance(entry, str) and "=" in entry]
    pinned = {CONDA_NAMES.get(name, name): version for name, version in pins}
    assert pinned.pop("python") == "3.11"
    pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    pinned |= dict(entry.split("==") for entry in pip)
    assert pinned == {name: LOCKED[name] for name in pinned}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(project["dependencies"]) <= set(pinned)
