"""A user's own applicants: which choices the records allow, and what is made coarser of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from applicant_tables import LAYOUT
from own_applicants import CANARY, INDICATORS, own_tables

from welfare_added.admissions.applicants import study_applicants
from welfare_added.admissions.applicants_overview import applicants_overview
from welfare_added.admissions.choice_checks import Choices, check_choices
from welfare_added.admissions.coarse import coarse_displaced, coarse_frontiers, coarse_histograms
from welfare_added.admissions.incentive import with_samples
from welfare_added.admissions.index_table import index_table
from welfare_added.admissions.keys import POINT, STEPS_A_POINT, ScoreScale, units_a_step
from welfare_added.admissions.plan_tables import NO_INDEX, all_plan_tables
from welfare_added.admissions.populations import populations
from welfare_added.admissions.setting import setting_of
from welfare_added.district.problems import DistrictError
from welfare_added.district.table_files import TableFiles
from welfare_added.district.values import RawTables
from welfare_added.exhibits.ellison_2020.labels import TABLE_A6
from welfare_added.exhibits.ellison_2020.policies import policies_table

ALL = {"minority": ["black", "hispanic"], "asian": ["asian"], "unusable": "leave_out", "seed": 1}
CHOICES = Choices(
    studied=2021,
    predicted=(2018, 2020),
    lasso=(2018, 2020),
    cohorts=(2018, 2020),
    high=85,
    folds=10,
    tiers=4,
    tuned_at=["Lycée Éluard", "Nordschule Ü"],
    targets=[],
    benchmark_at=None,
    vintages=["tier_2020"],
)
TIERS = {"open_share": 0.3, "tiers": 4, "open_first": True, "rounding": "down"}


def raw_of(tables) -> RawTables:
    files = {name: TableFiles.of(f"{name}.csv") for name in tables}
    columns = LAYOUT.tables["applicants"].columns
    lacking = {name: np.nan for name in columns if name not in tables["applicants"]}
    return RawTables(
        {**tables, "applicants": tables["applicants"].assign(**lacking)}, LAYOUT, files
    )


def study(raw: RawTables, **changes):
    choices = {"scale": ScoreScale(0, 900, 900), **ALL, **changes}
    return study_applicants(raw, **choices)


@pytest.fixture(scope="module")
def made():
    return own_tables(300)


@pytest.fixture
def tables(made):
    return {name: table.copy() for name, table in made.items()}


@pytest.fixture(scope="module")
def applicants(made):
    return study(raw_of(made))


def refused(tables, **changes) -> str:
    raw = raw_of(tables)
    with pytest.raises(DistrictError) as error:
        check_choices(raw, study(raw), replace(CHOICES, **changes))
    assert "Remedy" in str(error.value)
    return str(error.value)


def test_choices_that_fit_are_not_refused(made, applicants):
    check_choices(raw_of(made), applicants, CHOICES)


YEARS = {
    "studied": ({"studied": 2013}, "no applicant of 2013 (years.studied in config.yaml)"),
    "no school": ({"studied": 2013}, "schools.csv, column application_year: no school of 2013"),
    "predicted": ({"predicted": (2010, 2012)}, "no applicant of 2010 to 2012 (years.predicted"),
    "vintage": ({"vintages": ["tier_2011"]}, "levers.vintage in config.yaml names tier_2011"),
    "tuned at": ({"tuned_at": ["Payton"]}, "plans.tuned_at in config.yaml names Payton"),
    "targets": ({"targets": ["Łódź"]}, "plans.targets in config.yaml names Łódź, not of plans.t"),
    "benchmark at": ({"benchmark_at": "007"}, "plans.benchmark_at in config.yaml names 007, not"),
    "tiers": ({"tiers": 3}, "column tier: above the number of tiers, 3 ("),
    "high scores": ({"folds": 5000}, "too few to predict minority status: 5000 are needed"),
}


@pytest.mark.parametrize("case", YEARS)
def test_choices_that_the_records_do_not_have_are_refused(case, tables):
    changes, text = YEARS[case]
    assert text in refused(tables, **changes)


def test_all_wrong_choices_are_told_at_once(tables):
    said = refused(tables, studied=2013, predicted=(2010, 2012), vintages=["tier_2011"])
    assert said.count("Remedy") == 4
    assert CANARY not in said


def test_years_whose_applicants_are_all_left_out_say_by_what(tables):
    tables["applicants"]["race"] = None
    said = refused(tables)
    assert "0: race and free-lunch status known" in said and "300: in the table" in said


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("race", "white", "column race: of the "),
        ("race", "black", "all are of the group minority"),
        ("frpl", 0.0, "none are of the group frpl"),
    ],
)
def test_a_group_without_members_is_refused(column, value, text, tables):
    tables["applicants"][column] = value
    assert text in refused(tables)


def test_a_school_that_need_not_choose_is_refused_to_tune_at(tables):
    at = tables["schools"]["school_id"] == "Nordschule Ü"
    tables["schools"].loc[at, "seats"] = 300
    assert "Nordschule Ü, of plans.tuned_at in config.yaml: " in refused(tables)
    choices = tables["choices"]
    tables["choices"] = choices[choices["school_id"] != "Lycée Éluard"]
    assert "Lycée Éluard, of plans.tuned_at in config.yaml: 0 applicants" in refused(tables)


def test_further_columns_are_full_where_somebody_applies_from(tables):
    tracts = tables["tracts"]
    extra = tracts.iloc[:1].assign(tract="99999", rooms_per_home=np.nan)
    tables["tracts"] = pd.concat([tracts, extra], ignore_index=True)
    raw = raw_of(tables)
    check_choices(raw, study(raw), CHOICES)
    tables["tracts"].loc[3, "rooms_per_home"] = np.nan
    assert "tracts.csv, column rooms_per_home: empty for tracts of applicants" in refused(tables)


def test_addresses_need_the_tiers_of_their_years_or_those_of_the_application(tables):
    own = tables["applicants"]
    tables["enrolments"] = pd.DataFrame(
        {
            "student_id": own["applicant_id"],
            "year": own["application_year"] - 1,
            "grade": 7,
            "tract": own["tract"],
        }
    )
    assert "tracts.csv, column year: no tiers of 2017, when" in refused(tables)
    raw = raw_of(tables)
    check_choices(raw, study(raw), replace(CHOICES, tiers_of_application_year=True))


def test_a_school_that_a_year_does_not_have_is_listed_by_nobody(made, applicants):
    schools = made["schools"]
    gone = (schools["application_year"] == 2018) & (schools["school_id"] == "Lycée Éluard")
    table, choices = applicants.table.copy(), list(applicants.table.filter(like="choice_"))
    wanted = table[choices].isin(["Lycée Éluard"]).any(axis=1)
    table = table[~(wanted & (table["application_year"] == 2018))]
    rows = with_samples(table, schools[~gone], ["Lycée Éluard"], TIERS, all_of_them=False)
    listed = rows.groupby("application_year")["lists_payton_northside"].sum()
    assert listed[2018] == 0 and (listed[[2019, 2020, 2021]] > 50).all()


def test_a_grid_of_other_steps_changes_no_order_and_no_units(tables):
    points = (tables["applicants"]["composite_score"] / 3).round() * 3
    tables["applicants"]["composite_score"] = points
    fine, coarse = (
        study(raw_of(tables), scale=ScoreScale(0, 900, steps)).table for steps in (900, 300)
    )
    assert (fine["key"].argsort() == coarse["key"].argsort()).all()
    assert np.allclose(fine["composite_score"], coarse["composite_score"])
    point = STEPS_A_POINT * POINT
    for table, step in ((fine, 1 / 9), (coarse, 1 / 3)):
        off = table["key"] / point - table["composite_score"]
        assert (off > 0).all() and (off < step).all()
    assert units_a_step(900) == POINT and units_a_step(300) == 3 * POINT


def test_an_index_of_the_wrong_sign_leaves_its_plan_out_and_says_so(made, applicants, caplog):
    studied = applicants.table[applicants.table["application_year"] == 2021]
    studied = studied.reset_index(drop=True)
    tracts = made["tracts"][made["tracts"]["year"] == 2021]
    wrong = {"education": -0.4, "two_parent": 0.1, "isat": -0.2}
    coefficients = {"plain": wrong, "frpl": {**wrong, "two_parent": -0.1, "frpl": 0.2}}
    indices = index_table(studied, tracts, coefficients, 13)
    assert "reweighted" not in indices and "reweighted_frpl" in indices
    assert "plan reweighted is left out: two_parent" in caplog.text
    schools = made["schools"][made["schools"]["application_year"] == 2021]
    schools = schools.sort_values("school_id", ignore_index=True)
    setting = setting_of(studied, schools, indices, TIERS)
    names = list(schools["school_id"])
    plans = all_plan_tables(setting, names, {names.index("Zürich"): (5, 5)}).plans
    rows = plans.set_index("plan")["unreachable"]
    assert rows["reweighted"] == NO_INDEX and rows["score"] == ""


def test_the_overview_counts_who_is_left_and_who_lists_each_school(made, applicants):
    found = applicants_overview(applicants, made["schools"], studied=2021, high=85)
    assert list(found.steps.columns) == ["step", "2018", "2019", "2020", "2021"]
    assert found.steps["2021"].iloc[0] == 300
    (table,) = found.counts.values()
    kept = applicants.table[applicants.table["application_year"] == 2021]
    assert table["wanted most by"].sum() == len(kept)
    row = table.set_index("school").loc["Nordschule Ü"]
    lists = kept.filter(like="choice_")
    assert row["seats"] == 75 and row["listed by"] == (lists == "Nordschule Ü").sum().sum()
    assert len(found.notes) == 2 and CANARY not in str(found)


def test_populations_are_the_fewest_of_a_sample_and_its_groups(applicants):
    classes = pd.DataFrame({"school": ["007", "007", "x"], "students": [30, 12, 5]})
    moves = pd.DataFrame({"grade": [7], "cohort": [2017], "sample": ["all"], "students": [44]})
    found = populations(
        applicants.table, studied=2021, predicted=(2018, 2020), lasso=(2021, 2021), high=85,
        classes=classes, moves=moves,
    ).set_index("population")  # fmt: skip
    table = applicants.table
    of_year = table[table["application_year"] == 2021]
    assert found.loc["studied", "students"] == len(of_year)
    assert found.loc["studied_not_frpl", "students"] == (of_year["frpl"] == 0).sum()
    predicted = table[table["application_year"].between(2018, 2020)]
    groups = predicted["minority"].value_counts()
    assert found.loc["regression_1", "students"] == groups.min()
    high = predicted[predicted["composite_score"] >= 85]
    fewest = min(high[name].value_counts().min() for name in ("minority", "frpl"))
    assert found.loc["regression_6", "students"] == fewest
    assert found.loc["regression_2", "students"] == high["minority"].value_counts().min()
    scored = of_year[of_year["composite_score"] >= 85]
    lasso = min(scored[name].value_counts().min() for name in ("minority", "frpl"))
    assert found.loc["lasso", "students"] == lasso
    assert found.loc["class_007", "students"] == 12
    assert found.loc["moves_7_2017_all", "students"] == 44


def test_applicants_of_several_years_count_once(applicants):
    twice = applicants.table[applicants.table["application_year"].isin([2018, 2019])].copy()
    twice["applicant_id"] = twice.groupby("application_year").cumcount().astype(str)
    found = populations(
        twice, studied=2018, predicted=(2018, 2019), lasso=(2018, 2019), high=0,
        classes=pd.DataFrame({"school": [], "students": []}), moves=None,
    ).set_index("population")  # fmt: skip
    assert found.loc["applicants", "students"] == twice["applicant_id"].nunique() < len(twice)
    assert found.loc["applicants", "students_sure"] == len(twice) / 2


def histogram(counts: dict[int, int], school="a", plan="score") -> pd.DataFrame:
    rows = [(plan, school, score, 0, 0, number) for score, number in counts.items()]
    return pd.DataFrame(rows, columns=["plan", "school", "score", "minority", "frpl", "students"])


def test_bins_are_as_narrow_as_enough_students_allow():
    many = histogram(dict.fromkeys(range(90, 100), 12))
    few = histogram(dict.fromkeys(range(90, 100), 3), school="b")
    found = coarse_histograms(pd.concat([many, few]), 10)
    widths = found.groupby("school")["width"].first()
    assert widths["a"] == 1 and widths["b"] == 5
    assert found.loc[found["school"] == "b", "score"].tolist() == [90, 95]
    assert found["students"].sum() == 150
    alone = coarse_histograms(histogram({95: 4}), 10)
    assert alone["width"].tolist() == [100] and alone["score"].tolist() == [0]


def test_a_width_counts_what_is_withheld_beside_a_small_cell():
    """Of two cells with a known sum, one too small, both are withheld: half of it would be blank."""
    found = coarse_histograms(histogram({90: 20, 91: 9}), 10)
    assert found["width"].tolist() == [2] and found["students"].tolist() == [29]


def test_deciles_are_put_together_from_the_first():
    keys = ["characteristic", "decile", "displaced", "minority", "frpl", "students"]
    rows = [("income", decile, 1, 0, 0, 6) for decile in range(1, 11)]
    found = coarse_displaced(pd.DataFrame(rows, columns=keys), 10)
    assert found["decile"].tolist() == [1, 3, 5, 7, 9] and found["students"].tolist() == [12] * 5
    assert found["width"].tolist() == [2] * 5


def test_frontiers_keep_every_tenth_minority_student_and_no_weight():
    numbers = np.arange(0, 61)
    frontier = pd.DataFrame(
        {
            "plan": "lasso",
            "school": "a",
            "first": 1.23,
            "last": 1.24,
            "students": 60,
            "minority": numbers / 60,
            "frpl": 0.5,
            "mean": 95.0,
            "sd": 3.0,
        }
    )
    by_score = pd.DataFrame({"plan": ["score"], "school": ["a"], "minority": [3 / 60]})
    classes = pd.concat([by_score, by_score.assign(plan="tiers", minority=0.4)]).assign(students=60)
    found = coarse_frontiers(frontier, classes, 10)
    assert (found["minority"] * 60).round().tolist() == [3, 13, 23, 33, 43, 53]
    assert not {"first", "last"} & set(found)
    # A school of few minority students has the class by score alone at least.
    few = coarse_frontiers(frontier[numbers <= 8], classes, 10)
    assert (few["minority"] * 60).round().tolist() == [3]


def test_a_plan_that_cannot_be_tuned_at_a_school_keeps_its_row_without_numbers():
    statistics = dict.fromkeys(("students", "mean", "sd", "gap", "minority", "frpl", "asian"), 1.0)
    rows = [("score", None), ("tiers", None), ("lasso", "a"), ("lasso", "b"), ("unweighted", "b")]
    classes = pd.DataFrame(
        {"plan": plan, "tuned_at": tuned, "school": school, **statistics}
        for plan, tuned in rows
        for school in "ab"
    )
    measures = [(plan, school) for plan in ("tiers", "lasso") for school in "ab"]
    efficiency = pd.DataFrame(
        [(*one, "sd", "overall", 0.5) for one in measures],
        columns=["plan", "school", "measure", "target", "value"],
    )
    found = policies_table(classes, efficiency)
    assert list(zip(found["tuned_at"], found["plan"], strict=True)) == [
        (school, plan) for school in "ab" for plan in TABLE_A6
    ]
    found = found.set_index(["plan", "tuned_at"])
    assert found.loc[("lasso", "a"), "sd_overall"] == 50
    assert found.loc[("unweighted", "a")].isna().all()
    assert found.loc[("unweighted", "b"), "mean"] == 1


def test_the_city_of_the_tests_is_not_the_packages():
    """Whoever changes the generator of synthetic applicants does not change these."""
    tables = own_tables(50)
    assert len(INDICATORS) == 6 and tables["tracts"]["tract"].str.startswith("000").any()
    assert set(tables["applicants"]) & {"core_total", "math_points"} == set()
    ranks = tables["choices"].groupby(["application_year", "applicant_id"])["rank"]
    assert (ranks.max() != ranks.size()).any()
