"""Commands in remedies, as a user would type them."""

import sys

from welfare_added.run.commands import snakemake_command


def test_a_command_names_the_program_of_this_environment_and_another_paper(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert snakemake_command("second", "--", "a.csv") == (
        "snakemake --cores 2 --config paper=second -- a.csv"
    )
    (tmp_path / "config.yaml").write_text("paper: second\nstudy: null\n")
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv/bin/python3"))
    assert snakemake_command("second", "--", "a.csv") == ".venv/bin/snakemake --cores 2 -- a.csv"
    assert snakemake_command(None, "release") == ".venv/bin/snakemake --cores 2 release"
