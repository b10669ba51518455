"""Errors of the SD of effects, planted effects beside estimates, and choices from a config."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from grade_mean_frames import frames

from welfare_added.grade_means.estimate import EstimationChoices, estimate_grade_means
from welfare_added.grade_means.study import (
    against_truth,
    component_counts,
    estimation_choices,
    jackknife_errors,
)
from welfare_added.grade_means.worlds import WorldOfCells, draw_cells

CHOICES = EstimationChoices(("math",), {"all": (3, 4, 5)}, (2006, 2011))


@pytest.fixture(scope="module")
def tables():
    cells, _ = draw_cells(WorldOfCells(40), np.random.SeedSequence(3))
    made = frames(cells, 40)
    school = made["cells"]["school_id"]
    return made | {"cells": made["cells"].assign(district_id="d" + school.str[3:])}


def test_jackknife_errors_are_those_of_estimates_without_each_group(tables):
    groups = 5
    cells = tables["cells"]
    number = pd.factorize(cells["district_id"], sort=True)[0] % groups
    spreads = []
    for group in range(groups):
        own = {**tables, "cells": cells[number != group]}
        made = estimate_grade_means(own["cells"], own["composition"], own["links"], CHOICES)
        spreads.append(made.standard_deviations["sd_joint"].iloc[0])
    error = np.sqrt((groups - 1) / groups * ((spreads - np.mean(spreads)) ** 2).sum())
    table = jackknife_errors(cells, tables["composition"], tables["links"], CHOICES, groups)
    assert table["standard_error"].tolist() == pytest.approx([error], rel=1e-9)
    assert 0 < error < 0.1


def test_fewer_districts_than_groups_are_left_out_one_by_one(tables):
    few = tables["cells"][tables["cells"]["district_id"] < "d08"]
    found = [
        jackknife_errors(few, tables["composition"], tables["links"], CHOICES, groups)
        for groups in (8, 25)
    ]
    assert found[0]["standard_error"].tolist() == found[1]["standard_error"].tolist()
    assert found[0]["standard_error"].item() > 0


def test_slopes_of_truth_have_the_robust_errors_of_statsmodels():
    rng = np.random.default_rng(1)
    n = 200
    estimate = rng.normal(size=n)
    truth = pd.DataFrame({"teacher_id": range(n), "math": estimate + (1 + estimate**2) * 0.3})
    table = pd.DataFrame(
        {
            **{"teacher_id": range(n), "level": "all", "subject": "math"},
            **{"va_printed": estimate, "va_joint": estimate, "compared": np.arange(n) % 4 > 0},
        }
    )
    made = against_truth(table, truth).set_index("estimator")
    for name, kept in {"va_printed": slice(None), "va_joint": table["compared"].to_numpy()}.items():
        x, y = estimate[kept], truth["math"].to_numpy()[kept]
        fit = sm.OLS(y, sm.add_constant(x)).fit(cov_type="HC1")
        assert made.loc[name, "slope"] == pytest.approx(fit.params[1])
        assert made.loc[name, "standard_error"] == pytest.approx(fit.bse[1])
        assert made.loc[name, "teachers"] == len(x)


def test_choices_of_a_config_and_counts_of_components():
    chosen = {
        **{"subjects": ["math"], "levels": {"low": [1, 3]}, "years": [2006, 2008]},
        **{"share": "equal", "noise": "constant"},
        "printed": {"noise": "as_printed", "precision": "as_printed"},
    }
    made = estimation_choices(chosen)
    assert made.levels == {"low": (1, 2, 3)} and made.printed.noise == "as_printed"
    table = pd.DataFrame(
        {"subject": "math", "level": "low", "teachers": [5, 2], "rank": [4, 1], "component": [0, 1]}
    )
    counts = component_counts(table).iloc[0]
    assert (counts["components"], counts["teachers"], counts["contrasts"]) == (2, 7, 5)
    assert counts["largest"] == 5
