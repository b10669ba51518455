"""Processor time and memory of a process and its children."""

import platform
from pathlib import Path

try:
    import resource
except ModuleNotFoundError:  # Windows
    raise ImportError(
        "welfare-added runs on Linux and macOS. On Windows use it within WSL, the Windows "
        "Subsystem for Linux: jobs measure, protect and divide their work as Unix does."
    ) from None

UNIT = 2**20 if platform.system() == "Darwin" else 2**10  # of ru_maxrss, parts of a MB


def cpu_seconds() -> float:
    """Processor time of this process and of its children that have ended [s]."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in used)


def peak_mb() -> float:
    """Peak memory of this process; on Linux from /proc, since getrusage counts its parent's."""
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT


def children_peak_mb() -> float:
    """Peak memory of the largest child that has ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / UNIT
