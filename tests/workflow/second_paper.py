"""A whole paper in a page: a world of two arms, an estimate, a figure, a table and two claims."""

from textwrap import dedent

from conftest import Project

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
            shows: A cloud of outcomes in two columns.
            program: outcomes
            made_from: {people: people.csv}
          table_2:
            title: The effect
            category: Main
            caption: Least squares.
            program: outcomes
            made_from: {estimates: estimates.csv}
        """,
    "workflow/papers/second_2030/page.yaml": """
        title: A second paper
        authors: [Ada Second]
        edition: "2030"
        findings:
          - text: The effect of treatment is {effect} SD.
            numbers:
              effect: {answer: {table: estimates.csv, column: estimate}, unit: SD, figures: 2}
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


def add_second_paper(project: Project) -> None:
    for name, text in FILES.items():
        path = project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"))
