"""Scripts are short, take what they need from Snakemake, and never read the configuration."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "scripts").rglob("*.py"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_reads_no_configuration(path):
    names = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
    }
    assert "config" not in names


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_is_short(path):
    assert len(path.read_text().splitlines()) <= 60


def test_what_the_workflow_itself_imports_is_light():
    """Each call of Snakemake waits for it, a dry run as well as each job on a cluster."""
    files = [*(ROOT / "workflow").rglob("*.smk"), ROOT / "Snakefile"]
    imports = re.compile(r"^ *(from welfare_added\S* import .*)", re.M)
    lines = sorted({line for path in files for line in imports.findall(path.read_text())})
    assert len(lines) > 10
    heavy = "{'numba', 'scipy', 'matplotlib', 'statsmodels'}"
    code = "\n".join(["import sys", *lines, f"print(sorted({heavy} & set(sys.modules)))"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
