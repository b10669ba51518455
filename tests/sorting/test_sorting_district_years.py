"""Characteristics of districts by year, by hand; the matched sample from end to end."""

import numpy as np
import pandas as pd
import pytest
from sorting_panels import regimes, teacher_years, value_added

from welfare_added.run.errors import UserError
from welfare_added.sorting.covariate_tables import covariate_table
from welfare_added.sorting.district_years import district_years
from welfare_added.sorting.matching import district_means, match_mahalanobis
from welfare_added.sorting.panel import one_value_added

YEARS = range(2006, 2015)


@pytest.fixture(scope="module")
def frames():
    teachers = teacher_years(2, teachers=500, districts=16)
    own = regimes(teachers)
    rng = np.random.default_rng(1)
    index = pd.MultiIndex.from_product([sorted(own), YEARS], names=["district_id", "year"])
    made = index.to_frame(index=False)
    code = made["district_id"].str[1:].astype(int)
    made["regime"] = made["district_id"].map(own)
    made["location"] = np.array(["urban", "suburban", "rural"])[code % 3]
    made["enrolment"] = 500 + 100 * code
    made["property_value"] = 1e5 * (1 + rng.random(16))[code]
    made["disadvantaged"], made["black"] = rng.random(16)[code], rng.random(16)[code] / 10
    cells = pd.concat([made.assign(subject=s, grade=g) for s in ("math", "ela") for g in (3, 4)])
    cells["n_pupils"] = rng.integers(10, 50, len(cells))
    cells["mean_score"] = 450 + 10 * rng.normal(size=len(cells))
    return made, teachers, cells


def test_means_by_hand(frames):
    districts, teachers, cells = frames
    one = one_value_added(value_added(teachers), "va_printed")
    made = district_years(
        districts, teachers, junior=5, senior=20, cells=cells, subjects=["math"], value_added=one
    ).set_index(["district_id", "year"])
    row = made.loc[("d004", 2010)]
    own = teachers[(teachers["district_id"] == "d004") & (teachers["year"] == 2010)]
    assert row["salary"] == pytest.approx(own["salary"].mean())
    assert row["salary_junior"] == pytest.approx(own.loc[own["seniority"] <= 5, "salary"].mean())
    assert row["salary_senior"] == pytest.approx(own.loc[own["seniority"] > 20, "salary"].mean())
    assert row["experience"] == pytest.approx(own["seniority"].mean())
    assert row["MA"] == pytest.approx((own["degree"] == "MA").mean())
    known = one.set_index("teacher_id")["value_added"]
    assert row["value_added"] == pytest.approx(known[own["teacher_id"]].mean())
    part = cells[
        (cells["district_id"] == "d004") & (cells["year"] == 2010) & (cells["subject"] == "math")
    ]
    assert row["score_math"] == pytest.approx(
        np.average(part["mean_score"], weights=part["n_pupils"])
    )
    assert row["suburban"] == 1.0 and row["urban"] == 0.0
    assert "score_ela" not in made and len(made) == len(districts)


def test_a_district_without_teachers_stays_with_missing_means(frames):
    districts, teachers, _ = frames
    some = teachers[teachers["district_id"] != "d003"]
    made = district_years(districts, some, junior=5, senior=20).set_index("district_id")
    assert made.loc["d003", "salary"].isna().all() and made.loc["d003", "enrolment"].notna().all()


def test_table_2_from_end_to_end(frames):
    districts, teachers, _ = frames
    rows = district_years(districts, teachers, junior=5, senior=20)
    covariates = ["enrolment", "property_value", "disadvantaged", "salary", "experience"]
    means = district_means(rows, covariates, (2006, 2011))
    sample = pd.Series(match_mahalanobis(means, covariates).sample("set"))
    own = set(means.loc[means["regime"] == "IS", "district_id"])
    before = rows[rows["year"] <= 2011]
    table = covariate_table(
        before, covariates, sample[sample.index.isin(own)], sample[~sample.index.isin(own)]
    )
    assert table["districts_first"].eq(8).all() and table["districts_second"].between(1, 8).all()
    assert table["rows_first"].eq(48).all()


def test_refusals(frames):
    districts, teachers, _ = frames
    with pytest.raises(UserError, match="1 rows repeat a district's year"):
        district_years(pd.concat([districts, districts.head(1)]), teachers, junior=5, senior=20)
    with pytest.raises(UserError, match="no column black"):
        district_years(districts.drop(columns="black"), teachers, junior=5, senior=20)
