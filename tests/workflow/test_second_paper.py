"""A paper is added by its folder, its package and its scripts: nothing else has to change."""

import json
import subprocess
import sys
from textwrap import dedent

import pandas as pd
import pytest
from conftest import Project, copy_project

FILES = {
    "workflow/papers/second_2030/config.yaml": """
        world:
          people: 400                 # made
          seed: 7                     # of the draw
          effect: 0.5                 # planted
        """,
    "workflow/papers/second_2030/config.schema.json": """
        {
          "type": "object",
          "required": ["world"],
          "properties": {
            "world": {
              "type": "object",
              "additionalProperties": false,
              "required": ["people", "seed", "effect"],
              "properties": {
                "people": {"type": "integer", "minimum": 10, "description": "how many"},
                "seed": {"type": "integer", "description": "of the draw"},
                "effect": {"type": "number", "description": "planted"}
              }
            }
          }
        }
        """,
    "workflow/papers/second_2030/workflow.smk": """
        include: "../../rules/common.smk"


        rule world:
            message: "Making people"
            input:
                code=code("world"),
            output:
                people=f"{PRIVATE}/people.csv",
            params:
                code=code_fingerprint("world"),
                **config["world"],
            log: f"{LOGS}/world.log"
            script: script_path("world")


        rule estimate:
            message: "Estimating the effect"
            input:
                people=f"{PRIVATE}/people.csv",
                code=code("estimate"),
            output:
                estimates=f"{PRIVATE}/estimates.csv",
            params:
                code=code_fingerprint("estimate"),
                effect=config["world"]["effect"],
            log: f"{LOGS}/estimate.log"
            script: script_path("estimate")


        RESULT_FILES = [*rules.world.output, *rules.estimate.output]


        include: "../../rules/results.smk"


        ALL_FILES = rules.done.input
        DONE_MESSAGE = f"All of the second paper is there: {RESULTS}"
        """,
    "workflow/papers/second_2030/exhibits.yaml": """
        records:
          - {if: {synthetic: true}, text: "{world.people} people, all made."}
        small_print:
          - {if: {synthetic: true}, text: Synthetic people.}
        exhibits:
          figure_04:
            title: Outcome by treatment
            category: Main
            caption: Outcomes of {world.people} people.
            program: outcomes
            made_from: {people: people.csv}
          table_2:
            title: The effect
            category: Main
            caption: Least squares.
            program: outcomes
            made_from: {estimates: estimates.csv}
        """,
    "workflow/papers/second_2030/claims.yaml": """
        paper: Second (2030)
        tolerances:
          two_errors: {standard_errors: 2, why: A true value is farther off once in 22 times.}
          exact: {why: A choice.}
        claims:
          - id: effect
            location: Section 1
            quantity: Effect of treatment
            unit: SD
            kind: recovery
            tolerance: two_errors
            answer:
              estimate: {table: estimates.csv, column: estimate}
              standard_error: {table: estimates.csv, column: standard_error}
              truth: {table: estimates.csv, column: truth}
          - id: people
            location: Section 1
            quantity: People
            quote: 400 people
            published: 400
            digit: 0
            unit: people
            kind: assumption
            tolerance: exact
            answer: {config: world.people}
        """,
    "scripts/second_2030/world.py": """
        import numpy as np
        import pandas as pd

        from welfare_added.run.job import job
        from welfare_added.run.writing import write_csv


        def main(people, seed, effect, out):
            random = np.random.default_rng(seed)
            treated = random.integers(0, 2, people)
            outcome = np.round(effect * treated + random.normal(size=people), 6)
            write_csv(pd.DataFrame({"treated": treated, "outcome": outcome}), out)


        if "snakemake" in globals():
            with job(snakemake):
                params = snakemake.params
                main(params.people, params.seed, params.effect, snakemake.output.people)
        """,
    "scripts/second_2030/estimate.py": """
        import numpy as np
        import pandas as pd

        from welfare_added.run.job import job
        from welfare_added.run.writing import write_csv


        def main(people, effect, out):
            arms = pd.read_csv(people).groupby("treated")["outcome"]
            estimate = arms.mean()[1] - arms.mean()[0]
            error = np.sqrt((arms.var() / arms.size()).sum())
            row = {"estimate": [estimate], "standard_error": [error], "truth": [effect]}
            write_csv(pd.DataFrame(row), out)


        if "snakemake" in globals():
            with job(snakemake):
                main(snakemake.input.people, snakemake.params.effect, snakemake.output.estimates)
        """,
    "src/welfare_added/exhibits/second_2030/__init__.py": '"""Exhibits of a second paper."""\n',
    "src/welfare_added/exhibits/second_2030/outcomes.py": '''
        """Outcomes by treatment."""

        from welfare_added.exhibits.style import house_style, single_panel


        @house_style
        def figure_04(people, *, note):
            """Outcomes by treatment."""
            figure, panel = single_panel()
            panel.plot(people["treated"], people["outcome"], "o")
            return people, figure


        def table_2(estimates, *, note):
            """The effect."""
            return estimates, estimates.to_latex(index=False)
        ''',
}
RESULTS = "results/second_2030"


def add_second_paper(project: Project) -> None:
    for name, text in FILES.items():
        path = project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"))


@pytest.fixture(scope="module")
def both(tiny, tmp_path_factory) -> Project:
    """The first paper's finished run, and the second paper run beside it."""
    project = tiny.copied(tmp_path_factory.mktemp("both") / "copy")
    add_second_paper(project)
    project.run("--config", "paper=second_2030", "--", cores=2)
    return project


def test_a_second_paper_makes_nothing_of_the_first_due(both):
    assert both.due() == set()
    assert both.due("--config", "paper=second_2030", "--") == set()


def test_each_paper_has_a_figure_04_of_its_own(both, tiny):
    ours = both.folder / RESULTS / "figures/figure_04.csv"
    first = "results/eastmond_2024/figures/figure_04.csv"
    assert list(pd.read_csv(ours)) == ["treated", "outcome"]
    assert (both.folder / first).read_bytes() == (tiny.folder / first).read_bytes()
    forced = ("--config", "paper=second_2030", "--forcerun", "figure_04", "--", "figure_04")
    assert both.due(*forced) == {"figure_04"}


def test_its_numbers_are_compared_and_its_truth_recovered(both):
    claims = pd.read_csv(both.folder / RESULTS / "claims.csv").set_index("id")
    assert claims["verdict"].to_dict() == {"effect": "recovered", "people": "assumed"}


def test_its_report_has_exhibits_and_claims_and_no_planner(both):
    page = (both.folder / RESULTS / "report/index.html").read_text()
    assert "400 people, all made." in page and "Outcomes of 400 people." in page
    assert "Figure 4" in page and "Table 2" in page and "planner" not in page


def test_its_results_are_verified_traced_and_kept_as_reference(both, tmp_path):
    project = both.copied(tmp_path / "copy")
    done = project.audit("--paper", "second_2030", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    verdicts = json.loads((project.folder / RESULTS / "audit/verification.json").read_text())
    assert verdicts["numbers"]["effect"]["verdict"] == "verified"
    assert "outcomes.py:" in project.audit("--paper", "second_2030", "trace", "figure_04").stdout
    assert "no published run" in project.audit("--paper", "second_2030", "reference").stdout
    assert project.audit("--paper", "second_2030", "reference", "--keep").returncode == 0
    assert (project.folder / "workflow/papers/second_2030/reference.json").is_file()
    said = project.audit("--paper", "second_2030", "reference").stdout
    assert "byte for byte" in said


def test_its_choices_are_closed_too(both):
    done = both.snakemake("-n", "--config", "paper=second_2030", "world={peopel: 3}", "--")
    said = done.stdout + done.stderr
    assert "world: unknown key peopel; known keys are people, seed, effect" in said


def test_an_edit_of_either_paper_leaves_the_other_alone(both, tmp_path):
    project = both.copied(tmp_path / "copy")
    for name in FILES:
        path = project.folder / name
        if path.suffix in (".py", ".smk"):
            path.write_text(path.read_text() + "\nEDITED = True\n")
        if path.name == "claims.yaml":
            path.write_text(path.read_text().replace("400 people", "400 persons"))
    assert project.due() == set()
    expected = {"world", "estimate", "figure_04", "table_2", "claims", "report", "manifest", "all"}
    assert project.due("--config", "paper=second_2030", "--") == expected


def test_make_papers_asks_for_each(tmp_path):
    project = copy_project(tmp_path)
    add_second_paper(project)
    (project.folder / ".venv").mkdir()
    (project.folder / ".venv/.ready").touch()
    done = subprocess.run(
        ["make", "-n", "papers", f"PYTHON={sys.executable}"],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    for paper in ("eastmond_2024", "second_2030"):
        assert f"snakemake --cores 2 --config paper={paper} --" in done.stdout
