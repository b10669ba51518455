"""What parsing a Python file tells, kept on disk by the file's content for the next start."""

import atexit
import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

KEPT = Path(".snakemake/parsed.json")
MOST = 5_000  # answers kept


def remembered(path: Path, question: str, answer: Callable[[Path, str], object]) -> object:
    """What ``answer`` makes of a file's path and text, asked once for every content of the file.

    question: a name for it. The answer must follow from the text alone and be JSON. A kept answer
    cannot be out of date, since its key is the SHA-256 of the text.
    """
    return _asked(path, path.stat().st_mtime_ns, question, answer)


@cache
def _asked(path: Path, _written: int, question: str, answer: Callable) -> object:
    content = path.read_bytes()
    key = f"{question} {hashlib.sha256(content).hexdigest()}"
    answers = _kept()
    if key not in answers:
        answers[key] = answer(path, content.decode("utf-8"))
    return answers[key]


@cache
def _kept() -> dict[str, object]:
    """Answers of earlier starts; those of this one are added to the file when the process ends."""
    try:
        answers = dict(json.loads(KEPT.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        answers = {}
    atexit.register(_keep, answers, len(answers))
    return answers


def _keep(answers: dict[str, object], before: int) -> None:
    """Write answers, unless there is none to add or no folder of Snakemake's here."""
    if len(answers) == before or not KEPT.parent.is_dir():
        return
    part = KEPT.with_suffix(f".{hashlib.sha256(repr(answers.keys()).encode()).hexdigest()[:8]}")
    try:
        part.write_text(json.dumps(dict(list(answers.items())[-MOST:])), encoding="utf-8")
        part.replace(KEPT)
    except OSError:
        part.unlink(missing_ok=True)  # a full or read-only disk: parsed again next time
