"""Describe what a job ran on: interpreter, packages, machine."""

import os
import platform
import re
import sys
from pathlib import Path

import numpy as np

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def environment() -> dict:
    """Interpreter, system, processor, BLAS, thread settings and packages of this process."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "processor": processor(),
        "processors": os.cpu_count(),
        "blas": blas(),
        "threads": {name: os.environ[name] for name in THREADS if name in os.environ},
        "distributions": distributions(),
    }


def processor() -> str:
    """Model of the processor, from /proc/cpuinfo where there is one."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.is_file() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()


def blas() -> str:
    """Name and version of the BLAS library that numpy was built with."""
    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{built.get('name', 'unknown')} {built.get('version', '')}".strip()


def distributions() -> dict[str, str]:
    """Version of each installed package, by normalised name."""
    versions: dict[str, str] = {}
    for folder in sys.path:
        for path in sorted(Path(folder).glob("*.dist-info")):
            name, _, version = path.stem.partition("-")
            versions.setdefault(_normal(name), version)  # as Python does, the first on the path
    return dict(sorted(versions.items()))


def locked(lock: Path) -> dict[str, str]:
    """Version of each package that a lock file pins for this interpreter and system."""
    from packaging.requirements import Requirement  # only the manifest needs it

    lines = lock.read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[A-Za-z0-9]", line)]
    return {
        _normal(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }


def version_differences(installed: dict[str, str], pinned: dict[str, str]) -> dict[str, str]:
    """Packages whose installed version is not the pinned one, with both versions as text."""
    return {
        name: f"{installed[name]} installed, {version} locked"
        for name, version in pinned.items()
        if name in installed and installed[name] != version
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
