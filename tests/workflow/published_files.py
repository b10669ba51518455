"""What a study of confidential records publishes, and everything that its files hold."""

import re
import zlib
from pathlib import Path

from conftest import Project


def published(project: Project) -> list[Path]:
    """All files of results and release that are not private."""
    everything = [
        *(project.folder / "results").rglob("*"),
        *(project.folder / "release").rglob("*"),
    ]
    private = project.folder / "results/private"
    return [path for path in everything if path.is_file() and not path.is_relative_to(private)]


def content(path: Path) -> bytes:
    """A file's bytes, and those of every packed stream in it, in lower case."""
    raw = path.read_bytes()
    unpacked = []
    for match in re.finditer(rb"stream\r?\n", raw):
        try:
            unpacked.append(zlib.decompressobj().decompress(raw[match.end() :]))
        except zlib.error:
            continue
    return b"\n".join([raw, *unpacked]).lower()
