"""A user's own export: other names, few columns, one district, dates as Excel has them."""

import logging

import numpy as np
import pandas as pd
import pytest
from small_world import CHOICES, LAYOUT, forecasts, platform_world, records, state

from welfare_added.district.checks import check_relations, check_scores
from welfare_added.district.export import Export
from welfare_added.district.files import find_tables
from welfare_added.district.problems import DistrictError
from welfare_added.district.reading import read_tables
from welfare_added.market.platform import base, platform
from welfare_added.market.platform_checks import check_platform
from welfare_added.market.records import study_records

NAMES = {
    "enrolments": {"math_score": "ScaleScore", "economically_disadvantaged": "EDS"},
    "vacancies": {"position_id": "ReqNo", "posted": "PostDate"},
    "applications": {"position_id": "ReqNo", "applied": "AppDate", "outcome": "Status"},
}
CODES = {"applications": {"outcome": {"H": "hired", "N": "none"}}}
OPTIONAL = {
    "enrolments": ["gender"],
    "teachers": ["experience", "gender", "ethnicity", "masters"],
    "schools": ["district_id", "latitude", "longitude"],
    "vacancies": ["closed", "title", "full_time"],
    "applicants": ["latitude", "longitude", "gender", "ethnicity", "masters", "experience"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The market district's tables alone, as a district might export them."""
    folder = tmp_path_factory.mktemp("own")
    tables = {name: rows.copy() for name, rows in state().tables.items()}
    tables |= {name: rows.copy() for name, rows in platform_world().tables.items()}
    del tables["commutes"]
    own = tables["schools"].loc[tables["schools"]["district_id"] == "d001", "school_id"].unique()
    for name in ("enrolments", "classes", "schools"):
        tables[name] = tables[name][tables[name]["school_id"].isin(own)]
    made = tables["applications"]
    tables["applications"] = made.assign(
        outcome=made["outcome"].where(made["outcome"] != "hired", "H").replace("none", "N")
    )
    for name, rows in tables.items():
        rows = rows.drop(columns=OPTIONAL.get(name, [])).rename(columns=NAMES.get(name, {}))
        if name == "vacancies":
            rows.assign(PostDate=pd.to_datetime(rows["PostDate"])).to_excel(
                folder / "vacancies.xlsx", index=False
            )
        else:
            rows.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def raw(folder):
    return read_tables(find_tables(folder, LAYOUT), LAYOUT, Export(columns=NAMES, recode=CODES))


def test_the_few_columns_suffice(raw):
    assert set(raw.tables) == set(LAYOUT.tables) - {"commutes"}
    assert raw.absent["vacancies"] == ["closed", "title", "full_time"]
    check_scores(raw)
    check_relations(raw)
    made = study_records(
        raw, years=(2007, 2019), grades=(4, 5), split="economically_disadvantaged", market=None
    )
    assert made.schools["in_market"].all() and made.schools["latitude"].isna().all()
    own = records().schools[records().schools["in_market"]].reset_index(drop=True)
    for name in ("class_size", "share_disadvantaged", "share_black", "students"):
        np.testing.assert_allclose(made.schools[name], own[name])
    assert made.traits["black"].isna().all() and (made.traits["earlier"] == 0).all()


def test_choice_sets_without_closings_and_commutes(raw, caplog):
    made = study_records(
        raw, years=(2007, 2019), grades=(4, 5), split="economically_disadvantaged", market=None
    )
    check_platform(raw, made.schools, made.traits)
    caplog.set_level(logging.WARNING)
    start = base(raw.tables, made.schools, made.traits, forecasts(), CHOICES)
    found = platform(start, CHOICES)
    assert (found.pairs["commute_missing"] == 1).all() and (found.pairs["minutes"] == 0).all()
    assert found.applicants["race_missing"].all() and found.applicants["gender_missing"].all()
    assert found.positions["closed"].isna().all()
    assert "applicants have no coordinates" in caplog.text
    with_forecast = (found.applicants["va_missing"] == 0).sum()
    assert with_forecast > 100 and found.pairs["applied"].sum() == len(found.applications)
    assert (found.applications["outcome"] == "hired").sum() > 20
    assert found.applicants["experience_missing"].mean() < 1


def test_own_codes_that_are_not_translated_are_refused(folder):
    with pytest.raises(DistrictError, match=r"column outcome: values that are not allowed"):
        read_tables(find_tables(folder, LAYOUT), LAYOUT, Export(columns=NAMES))
