"""Cache on disk of what was computed from source files, keyed by their content."""

import atexit
import hashlib
import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

KEPT = Path(".snakemake/parsed.json")
MOST = 5_000  # entries kept


def cached(name: str, compute: Callable[[], object], *paths: Path) -> object:
    """Result of a computation on some files, computed once for each content of the files.

    name: identifies the computation. compute: runs it; its result must be JSON and depend on the
    files alone. An entry is not used after an edit of the files, of the package that computes or of
    this one, or under another Python.
    """
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    key = f"{name} {_code(Path(compute.__code__.co_filename).parent)} {' '.join(digests)}"
    entries = _kept()
    if key not in entries:
        entries[key] = compute()
    return entries[key]


@cache
def _code(package: Path) -> str:
    """Digest of the Python version and of the modules of a package and of this one."""
    both = sorted({*package.glob("*.py"), *Path(__file__).parent.glob("*.py")})
    content = sys.version.encode() + b"".join(path.read_bytes() for path in both)
    return hashlib.sha256(content).hexdigest()


@cache
def _kept() -> dict[str, object]:
    """Entries of earlier runs; new ones are added to the file when the process ends."""
    try:
        entries = dict(json.loads(KEPT.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        entries = {}
    atexit.register(_keep, entries, len(entries))
    return entries


def _keep(entries: dict[str, object], before: int) -> None:
    """Write the entries, unless none is new or there is no folder .snakemake."""
    if len(entries) == before or not KEPT.parent.is_dir():
        return
    text = json.dumps(dict(list(entries.items())[-MOST:]))
    part = KEPT.with_suffix(f".{hashlib.sha256(text.encode()).hexdigest()[:8]}")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(KEPT)
    except OSError:
        part.unlink(missing_ok=True)  # a full or read-only disk: computed again next time
