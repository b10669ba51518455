"""Commands as a user would type them in the project's folder, for remedies of messages."""

import sys
from pathlib import Path

CONFIG = Path("config.yaml")


def snakemake_command(paper: str | None, *arguments: str) -> str:
    """Command that runs Snakemake for a paper; the paper is named unless config.yaml names it."""
    program = Path(sys.executable).with_name("snakemake")
    here = program.is_relative_to(Path.cwd())
    shown = str(program.relative_to(Path.cwd())) if here else "snakemake"
    named = ["--config", f"paper={paper}"] if paper and paper != _usual_paper() else []
    return " ".join([shown, "--cores 2", *named, *arguments])


def _usual_paper() -> str | None:
    if not CONFIG.is_file():
        return None
    from welfare_added.run.choices import read_yaml  # only for a message

    return read_yaml(CONFIG).get("paper")
