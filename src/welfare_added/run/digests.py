"""SHA-256 digests of files and of values."""

import hashlib
import json
from pathlib import Path


def sha256(path: Path | str) -> str:
    """SHA-256 of a file's bytes, read in blocks."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def described(paths: list[str]) -> list[dict[str, str | int]]:
    """Path, size in bytes and SHA-256 of each file, in the order given."""
    return [
        {"path": path, "bytes": Path(path).stat().st_size, "sha256": sha256(path)} for path in paths
    ]


def digest(content: object) -> str:
    """SHA-256 of a value as canonical JSON."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
