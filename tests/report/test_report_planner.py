"""Numbers and outlines of the planner's page."""

import json

import numpy as np
import pandas as pd
import pytest

from welfare_added.report.ellison_2020.explorer import explorer_data
from welfare_added.report.ellison_2020.outlines import HEIGHT, outlines
from welfare_added.report.numbers import compact_json

SHAPES = pd.DataFrame(
    {
        "tract": [11] * 4 + [12] * 8,
        "ring": [0] * 8 + [1] * 4,
        "longitude": [0, 1, 1, 0, 1, 2, 2, 1, 2, 3, 3, 2],
        "latitude": [60, 60, 61, 60, 60, 60, 61, 60, 61, 61, 60, 61],
    }
)


def row(plan, position, **more):
    numbers = dict.fromkeys(
        ("mean", "sd", "gap", "minority", "frpl", "asian", "lowest", "lowest_00", "lowest_10"), 0.5
    )
    blank = dict.fromkeys(
        ("weight_frpl", "lowest_01", "lowest_11", "efficiency_sd", "efficiency_mean"), np.nan
    )
    key = {"school": "a", "plan": plan, "position": position, "students": 3, "tuned": 0}
    return {**key, "unit": "points", "weight": 1.0 * position, **numbers, **blank, **more}


@pytest.fixture
def tables():
    return {
        "classes": pd.DataFrame(
            [
                row("lasso", 1, tuned=1, lowest_11=91.25, mean=98.123456789),
                row("lasso", 0),
                row("score", 0, unit=np.nan, weight=np.nan),
            ]
        ),
        "histograms": pd.DataFrame(
            [
                ("a", "lasso", 0, 99, 0, 0, 3),
                ("a", "lasso", 1, 91, 1, 1, 1),
                ("a", "lasso", 1, 99, 0, 0, 1),
                ("a", "lasso", 1, 99, 1, 0, 1),
                ("a", "score", 0, 99, 0, 0, 3),
            ],
            columns=["school", "plan", "position", "score", "minority", "frpl", "students"],
        ),
        "displaced": pd.DataFrame(
            [("a", "lasso", 1, 12, 0, 2), ("a", "lasso", 1, 10, 1, 0), ("a", "lasso", 1, 11, 1, 0)],
            columns=["school", "plan", "position", "tract", "displaced", "newly_admitted"],
        ),
        "efficiency": pd.DataFrame(
            [
                ("lasso", "a", "sd", "overall", 0.25),
                ("lasso", "a", "mean", "overall", np.nan),
                ("lasso", "a", "mean", "minority_only", 0.75),
            ],
            columns=["plan", "school", "measure", "target", "value"],
        ),
        "shapes": SHAPES,
    }


def test_lists_are_in_the_order_of_positions(tables):
    data = explorer_data(tables)
    lasso = data["values"]["a|lasso"]
    assert lasso["weight"] == [0, 1] and lasso["tuned"] == 1
    assert lasso["mean"] == [0.5, 98.123457] and lasso["weight_frpl"] == [None, None]
    assert lasso["lowest_by_stratum"] == [[None, 0.5, None, 0.5], [91.25, 0.5, None, 0.5]]
    assert lasso["overall"] == [0.25, None]
    score = data["values"]["a|score"]
    assert score["tuned"] is None and score["overall"] == [None, None]
    assert json.loads(compact_json(data)) == data


def test_scores_are_by_bin_and_stratum(tables):
    data = explorer_data(tables)
    assert [one["label"] for one in data["strata"]][:2] == ["Minority, FRPL", "Minority"]
    assert data["values"]["a|lasso"]["scores"] == [
        [99, 0, 0, 0, 3],
        [91, 1, 0, 0, 0, 99, 0, 1, 0, 1],
    ]


def test_the_displaced_are_counted_in_all_tracts_and_drawn_in_those_of_the_map(tables):
    lasso = explorer_data(tables)["values"]["a|lasso"]
    assert lasso["displaced"] == [0, 2] and lasso["newly_admitted"] == [0, 2]
    assert lasso["tracts"] == [[], [1, 0, 2, 0, 1, 0]]


def test_without_shapes_there_is_no_map_and_the_counts_stay(tables):
    data = explorer_data({name: table for name, table in tables.items() if name != "shapes"})
    assert data["map"] is None
    assert data["values"]["a|lasso"]["displaced"] == [0, 2]
    assert data["values"]["a|lasso"]["tracts"] == [[], []]


def test_only_plans_that_were_made_are_offered(tables):
    plans = explorer_data(tables)["plans"]
    assert [(one["name"], one["unit"]) for one in plans] == [("score", ""), ("lasso", "points")]


def test_outlines_keep_north_up_and_the_breadth_of_a_degree():
    drawn = outlines(SHAPES)
    assert drawn["names"] == ["11", "12"]
    # Three degrees of longitude at 60.5 degrees north, over one of latitude.
    assert drawn["width"] == pytest.approx(3 * np.cos(np.radians(60.5)) * HEIGHT, abs=1)
    first, second = drawn["paths"]
    assert first.startswith(f"M0 {HEIGHT}l") and first.endswith("z")
    assert second.count("M") == second.count("z") == 2
