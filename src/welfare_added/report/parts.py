"""Files of which the page consists: those of all papers, and those of a paper's explorer."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
PAGE, PAGE_STYLE, CLAIMS_SCRIPT, RUN_SCRIPT = PARTS = (
    "page.html.j2",
    "page.css",
    "claims.js",
    "run.js",
)
FRAGMENT, STYLE, SCRIPT = "explorer.html.j2", "explorer.css", "explorer.js"


def explorer_parts(paper: str) -> dict[str, str]:
    """Files of a paper's explorer, by part, below this folder; it need not have a style."""
    names = {part: f"{paper}/{part}" for part in (FRAGMENT, STYLE, SCRIPT)}
    return {part: name for part, name in names.items() if (HERE / name).is_file()}


def explorer_data(paper: str) -> Callable[..., dict]:
    """The function of a paper that makes the numbers of its explorer from tables and choices."""
    return import_module(f"welfare_added.report.{paper}.explorer").explorer_data


def part(name: str) -> str:
    """Text of a file below this folder."""
    return (HERE / name).read_text(encoding="utf-8")
