"""Table 4 by measure of value added: errors of estimates take from the slope what theory says."""

import numpy as np
import pandas as pd
import pytest
from sorting_panels import PERIODS, paid_for_quality

from welfare_added.sorting.panel import with_value_added
from welfare_added.sorting.pay_by_measure import pay_by_measure
from welfare_added.sorting.pay_for_quality import pay_for_quality

NOISE = {"va_printed": 2.0, "va_joint": 1.0}  # SD of errors, in true SDs


@pytest.fixture(scope="module")
def made():
    panel, delta = paid_for_quality(
        7, noise=60.0, mean=(6_700.0, 990.0), teachers=2_500, districts=60
    )
    truth = panel.drop_duplicates("teacher_id")[["teacher_id", "va"]]
    rng = np.random.default_rng(8)
    estimates = pd.DataFrame(
        {
            "teacher_id": truth["teacher_id"],
            "subject": "math",
            "level": "elementary",
            "shrinkage": 0.5,
            **{name: truth["va"] + sd * rng.normal(size=len(truth)) for name, sd in NOISE.items()},
        }
    )
    planted = truth.rename(columns={"va": "value_added"})
    table = pay_by_measure(
        *(panel, estimates, planted, pd.Series(delta), list(NOISE)), limit=3, periods=PERIODS
    )
    return table.set_index(["measure", "column"]), panel, planted, estimates


def test_the_slope_is_the_planted_one_times_the_share(made):
    table = made[0]
    for (measure, column), row in table.iterrows():
        expected = row["share"] * row["planted"]
        assert row["estimate"] == pytest.approx(expected, abs=4 * row["standard_error"])
        assert row["share"] > 0.4 and row["standard_error"] < 0.1 * 0.2066 * 6_700, measure
        assert column in (2, 3, 4)
    shares = table["share"].unstack()
    np.testing.assert_allclose(shares.loc["truth"], 1)
    # A SD of truth plus noise holds 1 / sqrt(1 + noise^2) of truth.
    for measure, sd in NOISE.items():
        assert shares.loc[measure, 4] == pytest.approx(1 / np.sqrt(1 + sd**2), abs=0.04)
    assert table["planted"].unstack().loc["truth"].tolist() == pytest.approx(
        [0.206621 * 6_700, 0.206621 * 990, 0.206621 * 5_710], rel=1e-5
    )


def test_rows_are_those_of_table_4(made):
    table, panel, planted, estimates = made
    beyond = estimates["va_printed"]
    kept = ((beyond - beyond.mean()) / beyond.std(ddof=0)).abs() <= 3
    rows = panel.drop(columns=["value_added", "weight"])
    own = planted[planted["teacher_id"].isin(estimates.loc[kept, "teacher_id"])]
    of_truth = pay_for_quality(with_value_added(rows, own), PERIODS).set_index(["column", "term"])
    for column, term in ((2, "value_added_x_post"), (4, "value_added_x_individual_x_post")):
        for name in ("estimate", "standard_error", "n"):
            assert table.loc[("truth", column), name] == of_truth.loc[(column, term), name]
    assert list(table.index.get_level_values("measure").unique()) == ["truth", *NOISE]
