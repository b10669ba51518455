"""What reading a source file tells, kept on disk by the file's content for the next start."""

import atexit
import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

KEPT = Path(".snakemake/parsed.json")
MOST = 5_000  # answers kept


def remembered(question: str, answer: Callable[[], object], *paths: Path) -> object:
    """The answer to a question about some files, found once for every content of theirs.

    question: a name for it. answer: finds it; it must follow from the files alone and be JSON. An
    answer that is kept cannot be out of date, since its key is the SHA-256 of what it rests on.
    """
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    key = f"{question} {' '.join(digests)}"
    answers = _kept()
    if key not in answers:
        answers[key] = answer()
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
    text = json.dumps(dict(list(answers.items())[-MOST:]))
    part = KEPT.with_suffix(f".{hashlib.sha256(text.encode()).hexdigest()[:8]}")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(KEPT)
    except OSError:
        part.unlink(missing_ok=True)  # a full or read-only disk: found again next time
