"""Tables of the agreed form for the claims of Ellison and Pathak (2020), with numbers of no meaning."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.admissions.example_tables import example_model, example_table
from welfare_added.run.choices import read_yaml

EXAMPLE = read_yaml(Path(__file__).parents[2] / "workflow/papers/ellison_2020/config.yaml")[
    "example"
]

COHORTS = (2008, 2009, 2010, 2011)
SAMPLES = ("all", "top_decile", "payton_northside", "incentive")
TIERS = (1, 2, 3, 4)
TUNED_AT = ("Payton", "Northside")
SIX = ("income", "education", "two_parent", "english", "owner", "isat")
REGRESSIONS = {1: SIX, 2: SIX, 3: SIX, 4: ("education", "two_parent", "isat"), 5: ("index",)}
REGRESSIONS |= {6: (*REGRESSIONS[4], "frpl")}
PLANS = ("tiers", "reweighted", "lasso", "reweighted_frpl", "lasso_frpl", "benchmark")
PLANS += ("top_communities", "top_tracts", "unweighted")
EFFICIENCIES = [
    f"{m}_{t}" for m in ("sd", "mean") for t in ("overall", "minority_only", "income_only")
]
QUANTITIES = ("indicators.lowest", "indicators.highest", "tracts.community_areas")
QUANTITIES += ("lasso.standard_errors_above_least", "enrolments.first_year", "enrolments.last_year")


def made_up(schools: list[str]) -> dict[str, pd.DataFrame]:
    """Each table that the claims use, by path; only the example of A.2 is the true one."""

    def table(labels: list[dict], numbers: list[str]) -> pd.DataFrame:
        rows = pd.DataFrame(labels)
        values = 1 + np.arange(len(rows) * len(numbers)).reshape(len(rows), -1) % 97
        return rows.join(pd.DataFrame(values, columns=numbers))

    def labels(**each) -> list[dict]:
        return [dict(zip(each, one, strict=True)) for one in product(*each.values())]

    regressions = [{"column": k, "variable": v} for k, names in REGRESSIONS.items() for v in names]
    moves = labels(cohort=COHORTS, sample=SAMPLES, tier_application=TIERS, tier_enrolled=TIERS)
    groups = [
        f"{n}_{p}" for n in ("sd", "minority", "frpl") for p in ("score", "tiers", "benchmark")
    ]
    shares = ["mean", "sd", "gap", "minority", "frpl", "asian"]
    strata = {"displaced": (0, 1), "minority": (0, 1), "frpl": (0, 1)}
    places = labels(characteristic=("ses_score", "income", "isat"), decile=range(1, 11), **strata)
    classes = labels(plan=("score", "tiers", "benchmark_average"), school=schools)
    picked = labels(variant=("without_frpl", "with_frpl"), variable=("two_parent", "isat"))
    fit = ["coefficient", "standard_error", "n", "r_squared", "misclassified"]
    return {
        "tables/table_a1.csv": table(regressions, fit),
        "tables/table_a2.csv": table(labels(school=schools), groups),
        "tables/table_a3.csv": table(moves, ["students", "share"]),
        "tables/table_a4.csv": table(moves, ["students", "share"]),
        "tables/table_a5.csv": table(
            labels(variable=(*SIX, "frpl")), ["without_frpl", "with_frpl"]
        ),
        "tables/table_a6.csv": table(
            labels(tuned_at=TUNED_AT, plan=PLANS), [*shares, *EFFICIENCIES]
        ),
        "tables/example_a2.csv": example_table(
            EXAMPLE["plans"],
            example_model(**{k: v for k, v in EXAMPLE.items() if k != "plans"}),
        ),
        "classes.csv": table(classes, ["students", *shares, "lowest"]),
        "figures/figure_a2.csv": table(places, ["students"]),
        "lasso.csv": table(picked, ["weight"]),
        "text_numbers.csv": table(labels(quantity=QUANTITIES), ["value"]),
    }
