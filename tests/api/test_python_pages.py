"""The pages on Python in docs: every block runs, and prints what stands below it."""

import contextlib
import io
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)


def run(page, folder, monkeypatch):
    """Run a page's blocks one after the other; yields what each prints and what it should."""
    monkeypatch.chdir(folder)
    names = {}
    for code, printed in BLOCK.findall((DOCS / page).read_text()):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, page, "exec"), names)  # the page is ours
        yield code, out.getvalue(), printed


@pytest.mark.parametrize(("page", "blocks"), [("python.md", 12), ("lecturers.md", 5)])
def test_every_block_runs_and_prints_what_stands_below_it(page, blocks, tmp_path, monkeypatch):
    number = 0
    for code, found, printed in run(page, tmp_path, monkeypatch):
        assert found == printed, f"{page} prints something else after:\n{code}"
        number += 1
    text = (DOCS / page).read_text()
    assert number == text.count("```python") >= blocks
    figures = re.findall(r'savefig\("(\w+\.png)"\)', text)
    assert figures
    for figure in figures:
        assert (tmp_path / figure).stat().st_size > 5_000
