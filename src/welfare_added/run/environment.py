"""What a job ran on: interpreter, packages, machine."""

import os
import platform
import re
import resource
import sys
from pathlib import Path

import numpy as np

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def environment() -> dict:
    """Interpreter, system, processor, BLAS, threads asked for and distributions of this process."""
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
    """Model of the processor, as far as the system tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()


def blas() -> str:
    """Name and version of the linear algebra that numpy was built with."""
    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{built.get('name', 'unknown')} {built.get('version', '')}".strip()


def distributions() -> dict[str, str]:
    """Installed distributions and their versions, by normalised name, from their folders."""
    found: dict[str, str] = {}
    for folder in sys.path:
        for path in sorted(Path(folder).glob("*.dist-info")):
            name, _, version = path.stem.partition("-")
            found.setdefault(_normal(name), version)  # as Python does, the first on the path
    return dict(sorted(found.items()))


def locked(lock: Path) -> dict[str, str]:
    """Distributions and versions that a lock file pins for this interpreter and system."""
    from packaging.requirements import Requirement  # late: only the manifest asks

    lines = lock.read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[A-Za-z0-9]", line)]
    return {
        _normal(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }


def off_the_lock(installed: dict[str, str], pinned: dict[str, str]) -> dict[str, str]:
    """Distributions whose version is not the pinned one, each with both versions in words."""
    return {
        name: f"{installed[name]} installed, {version} locked"
        for name, version in pinned.items()
        if name in installed and installed[name] != version
    }


def peak_mb() -> float:
    """Peak memory of this process; on Linux getrusage would count what its parent had before."""
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    unit = 2**20 if platform.system() == "Darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
