"""Statistics that decide on improbable scores, against pandas and by hand."""

import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from honest_district import GRADES, YEARS, honest_district
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_layouts import LAYOUT
from spoiled_exports import SPOILED

from welfare_added.district.plausibility import studied_rows
from welfare_added.district.score_figure import score_overview
from welfare_added.district.score_statistics import correlations, median_of_others, statistics
from welfare_added.district.table_files import TableFiles
from welfare_added.district.values import RawTables


def studied(tables):
    raw = RawTables(tables, LAYOUT, {name: TableFiles.of(f"{name}.csv") for name in tables})
    return studied_rows(raw, YEARS, GRADES)


@pytest.fixture(scope="module")
def honest():
    return studied(honest_district())


@pytest.mark.parametrize("column", ["ela_score", "math_score"])
def test_ranks_are_those_of_pandas(column, honest):
    rows = honest.enrolments
    cells = rows.groupby(["year", "grade"])[column]
    expected = (cells.rank() - 0.5) / cells.transform("count")
    np.testing.assert_allclose(honest.ranks[column], expected, rtol=0, atol=1e-12)


def test_last_year_is_the_same_student_a_year_before(honest):
    rows = honest.enrolments[["student_id", "year", "grade"]]
    again = np.flatnonzero(honest.last_year >= 0)
    before = rows.iloc[honest.last_year[again]].reset_index(drop=True)
    now = rows.iloc[again].reset_index(drop=True)
    assert (before["student_id"] == now["student_id"]).all()
    assert (before["year"] == now["year"] - 1).all()
    expected = rows.merge(rows.assign(year=rows["year"] + 1), on=["student_id", "year"])
    assert len(again) == len(expected) > 10_000


def test_statistics_of_a_school_are_those_of_its_rows(honest):
    table = statistics(honest, honest.places, honest.place)
    one = table.query("column == 'math_score' and year == 2013 and grade == 4").iloc[3]
    rows = honest.enrolments.assign(rank=honest.ranks["math_score"])
    rows["last"] = honest.of_last_year(honest.ranks["math_score"])
    own = rows.query("year == 2013 and grade == 4 and school_id == @one.school_id")
    assert one["tested"] == own["math_score"].count()
    assert one["pairs"] == own[["rank", "last"]].dropna().shape[0]
    assert one["mean"] == pytest.approx(own["math_score"].mean())
    assert one["sd"] == pytest.approx(own["math_score"].std(ddof=0))
    assert one["mean_rank"] == pytest.approx(own["rank"].mean())
    assert one["correlation"] == pytest.approx(own["rank"].corr(own["last"]))


def test_a_correlation_does_not_exist_where_nothing_differs():
    cell = np.array([0, 0, 0, 1, 1, 2])
    one = np.array([1.0, 2, 3, 5, 5, 1])
    other = np.array([3.0, 2, 1, 1, 2, np.nan])
    number, r = correlations(cell, one, other, 3)
    assert number.tolist() == [3, 2, 0]
    np.testing.assert_allclose(r, [-1, np.nan, np.nan])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 3), st.one_of(st.none(), st.integers(0, 9))), max_size=25))
def test_the_median_of_the_others_leaves_one_out(rows):
    table = pd.DataFrame(rows, columns=["group", "value"]).astype({"value": float})
    expected = [
        table["value"][(table["group"] == row.group) & (table.index != row.Index)].median()
        if row.value == row.value
        else np.nan
        for row in table.itertuples()
    ]
    np.testing.assert_allclose(median_of_others(table, ["group"], "value"), expected)


def test_the_figure_and_its_table_show_a_year_that_is_off(honest):
    name = "sign reversed in a year"
    spoiled = score_overview(studied(SPOILED[name][0](honest_district())))
    plain = score_overview(honest)
    assert score_overview(studied(honest_district()))["figure"] == plain["figure"]
    ET.fromstring(str(spoiled["figure"]))  # well formed
    table = spoiled["table"].set_index(["column", "year", "grade"])
    off = table["correlation less other years'"]
    assert off.loc[("math_score", 2012, 4)] < -1.2 < -0.1 < off.loc[("ela_score", 2012, 4)]
    row = table.loc[("math_score", 2014, 3)]
    same = plain["table"].set_index(["column", "year", "grade"]).loc[("math_score", 2014, 3)]
    assert row[["tested", "mean", "SD", "correlation"]].equals(
        same[["tested", "mean", "SD", "correlation"]]
    )
    assert marks(spoiled["figure"]) == marks(plain["figure"]) > 100
    assert str(spoiled["figure"]) != str(plain["figure"])


def marks(figure) -> int:
    return str(figure).count("<circle")
