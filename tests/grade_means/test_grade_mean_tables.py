"""From tables to tables: the same as from arrays, by subject and level, and what is refused."""

import logging
import re

import numpy as np
import pandas as pd
import pytest
from dense_grade_means import tiny
from grade_mean_frames import frames

from welfare_added.grade_means.cells import teacher_shares
from welfare_added.grade_means.estimate import EstimationChoices, estimate_grade_means
from welfare_added.grade_means.identified import identified
from welfare_added.grade_means.joint import joint_estimates
from welfare_added.grade_means.printed import PrintedChoices, printed_estimates
from welfare_added.grade_means.scales import standardised
from welfare_added.run.errors import UserError

ONE = EstimationChoices(("math",), {"all": (3, 4, 5)}, (2006, 2009))
COLUMNS = [
    *("teacher_id", "subject", "level", "va_printed", "va_unshrunk", "shrinkage"),
    *("va_joint", "se_joint", "component"),
]


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    return frames(tiny(1), schools=8)


def shuffled(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {
        name: table.sample(frac=1, random_state=k).reset_index(drop=True)
        for k, (name, table) in enumerate(tables.items())
    }


def test_estimates_are_those_of_the_arrays_in_whatever_order_rows_come(tables):
    cells = tiny(1)
    shares = teacher_shares(cells)
    found = estimate_grade_means(**shuffled(tables), choices=ONE)
    table = found.value_added
    assert table.columns[: len(COLUMNS)].tolist() == COLUMNS
    assert table["teacher_id"].tolist() == [f"t{code:05d}" for code in range(cells.teachers)]
    printed, joint = printed_estimates(cells), joint_estimates(cells, shares)
    for name, values in {
        "va_printed": printed.estimate,
        "va_unshrunk": printed.unshrunk,
        "shrinkage": printed.shrinkage,
        "va_joint": joint.estimate,
        "se_joint": np.sqrt(joint.variance),
    }.items():
        np.testing.assert_allclose(table[name], values, atol=1e-9)
    taught = pd.DataFrame({"teacher": cells.teacher, "year": cells.year[cells.cell]})
    assert table["cells"].tolist() == taught.groupby("teacher").size().tolist()
    assert table["years"].tolist() == taught.groupby("teacher")["year"].nunique().tolist()
    assert (table["years"] < table["cells"]).any()
    contrasts = identified(cells, shares)
    assert table["component"].tolist() == contrasts.component.tolist()
    assert found.components["rank"].tolist() == contrasts.ranks.tolist()
    (row,) = found.samples.to_dict("records")
    assert row["cells"] == len(cells.pupils) and row["cells_without_teachers"] == 0
    assert row["identified"] == contrasts.rank and row["pairs"] == printed.pairs
    np.testing.assert_allclose(row["printed_teacher_variance"], printed.teacher_variance)


def test_rounded_tables_are_the_same_for_rows_in_another_order(tables):
    first, again = (
        estimate_grade_means(**one, choices=ONE).to_keep() for one in (tables, shuffled(tables))
    )
    for name in ("value_added", "standard_deviations", "components", "samples"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name), check_exact=True)


def test_subjects_and_levels_are_estimated_apart(tables):
    reading = frames(tiny(2), schools=8, subject="reading")
    joined = {name: pd.concat([tables[name], reading[name]]) for name in ("cells", "links")}
    # The composition of a grade is that of both subjects.
    joined["composition"] = tables["composition"]
    levels = {"elementary": (1, 2, 3, 4), "secondary": (5, 6)}
    choices = EstimationChoices(("math", "reading"), levels, (2006, 2008))
    found = estimate_grade_means(**joined, choices=choices)
    sizes = found.value_added.groupby(["level", "subject"]).size()
    assert len(sizes) == 4 and len(found.samples) == 4
    spreads = found.standard_deviations
    assert spreads["subject"].tolist() == ["all", "math", "reading"] * 2
    assert spreads["level"].tolist() == ["elementary"] * 3 + ["secondary"] * 3
    own = found.value_added.query("level == 'elementary' and subject == 'math'")
    row = spreads.query("level == 'elementary' and subject == 'math'").iloc[0]
    np.testing.assert_allclose(row["sd_unshrunk"], own["va_unshrunk"].std())
    np.testing.assert_allclose(row["sd_shrunk"], own["va_printed"].std())
    both = found.value_added.query("level == 'elementary'")
    row = spreads.query("level == 'elementary' and subject == 'all'").iloc[0]
    assert row["teachers"] == len(both)
    np.testing.assert_allclose(row["sd_va_joint"], both["va_joint"].std())
    alone = estimate_grade_means(
        **tables, choices=EstimationChoices(("math",), {"elementary": (3, 4)}, (2006, 2008))
    )
    pd.testing.assert_frame_equal(
        alone.value_added.reset_index(drop=True), own.reset_index(drop=True)
    )


def test_secondary_grades_of_a_school_year_with_one_cell_have_no_joint_estimate(tables, caplog):
    """With one grade a school-year nothing is compared: said, and missing."""
    choices = EstimationChoices(("math",), {"secondary": (5,)}, (2006, 2009))
    with caplog.at_level(logging.WARNING):
        found = estimate_grade_means(**tables, choices=choices)
    assert "math, secondary: the joint estimator finds no variance" in caplog.text
    assert found.value_added["va_joint"].isna().all()
    assert not found.value_added["compared"].any()
    assert found.samples["identified"].tolist() == [0]


def test_cells_without_teachers_are_left_out_and_counted(tables, caplog):
    first = tables["links"][["school_id", "grade", "year"]].eq(["s0000", 3, 2006]).all(axis=1)
    tables["links"] = tables["links"][~first]
    with caplog.at_level(logging.WARNING):
        found = estimate_grade_means(**tables, choices=ONE)
    assert "1 of 96 cells have no teacher in links and are left out" in caplog.text
    assert found.samples["cells_without_teachers"].tolist() == [1]
    assert found.samples["cells"].tolist() == [95]


def test_suppressed_cells_and_links_to_untested_grades_are_not_used(tables):
    expected = estimate_grade_means(**tables, choices=ONE).value_added
    extra = tables["links"].iloc[:3].assign(grade=1)
    tables["links"] = pd.concat([tables["links"], extra])
    hidden = tables["cells"].query("grade == 3").assign(grade=2, n_pupils=0, mean_score=np.nan)
    tables["cells"] = pd.concat([tables["cells"], hidden])
    found = estimate_grade_means(**tables, choices=ONE).value_added
    pd.testing.assert_frame_equal(found, expected)


def test_shares_are_not_needed_where_they_are_equal(tables):
    tables["links"] = tables["links"].drop(columns="share")
    choices = EstimationChoices(("math",), {"all": (3, 4, 5)}, (2006, 2009), share="equal")
    found = estimate_grade_means(**tables, choices=choices)
    cells = tiny(1)
    same = [(tuple(cells.cell[cells.teacher == j].tolist())) for j in range(cells.teachers)]
    sizes = [same.count(one) for one in same]
    assert found.value_added["team_size"].tolist() == sizes and max(sizes) > 1
    np.testing.assert_allclose(
        found.value_added["va_joint"],
        joint_estimates(cells, teacher_shares(cells, "equal")).estimate,
        atol=1e-9,
    )
    with pytest.raises(UserError, match=r"links, column share: no such column"):
        estimate_grade_means(**tables, choices=ONE)


def set_value(table: str, column: str, value: object, rows: int = 2):
    def change(tables):
        changed = tables[table].astype({column: object})
        changed.loc[: rows - 1, column] = value
        tables[table] = changed.infer_objects()

    return change


def repeat(table: str):
    def change(tables):
        tables[table] = pd.concat([tables[table], tables[table].iloc[:1]], ignore_index=True)

    return change


def drop_composition(tables):
    tables["composition"] = tables["composition"].iloc[2:]


REFUSED = {
    "a score is missing": (
        set_value("cells", "mean_score", np.nan),
        r"cells, column mean_score: no mean score in cells with pupils \(2 rows\)\n"
        r"    school_id s0000, grade 3, year 2006, subject math\n.*\n"
        r"    Remedy: set n_pupils to 0 where the score is suppressed",
    ),
    "pupils are negative": (
        set_value("cells", "n_pupils", -4),
        r"cells, column n_pupils: numbers of pupils negative or missing \(2 rows\)",
    ),
    "a key is missing": (
        set_value("cells", "school_id", None, 1),
        r"cells, column school_id, grade, year, subject: missing keys \(1 row\)",
    ),
    "a cell is there twice": (
        repeat("cells"),
        r"several rows of the same keys \(2 rows\)\n    school_id s0000, grade 3, year 2006",
    ),
    "a teacher is there twice": (
        repeat("links"),
        r"links, column teacher_id, .*: several rows of the same keys \(2 rows\)\n"
        r"    Remedy: keep one row each, adding up the shares of a teacher's posts",
    ),
    "no composition": (
        drop_composition,
        r"composition, column school_id, grade, year: no row of cells with scores \(2 rows\)",
    ),
    "percentages": (
        set_value("composition", "share_1", 45.0),
        r"composition, column share_1: shares not between 0 and 1 \(2 rows\)",
    ),
    "a share missing": (
        set_value("composition", "share_1", np.nan, 1),
        r"composition, column share_1: shares not between 0 and 1 \(1 row\)",
    ),
    "no share of a cell": (
        set_value("links", "share", 0.0),
        r"links, column share: shares missing, zero or negative \(2 rows\)\n    Remedy: give each",
    ),
    "no column": (
        lambda tables: tables["cells"].pop("n_pupils"),
        r"cells, column n_pupils: no such column",
    ),
    "another subject": (
        lambda tables: tables["links"].__setitem__("subject", "Math"),
        r"no cell of math, grades 3, 4, 5, 2006 to 2009 has pupils and a teacher; write school_id",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_refused_by_its_text(tables, case):
    change, message = REFUSED[case]
    change(tables)
    with pytest.raises(UserError, match=message) as raised:
        estimate_grade_means(**tables, choices=ONE)
    assert "t0000" not in str(raised.value)  # no teacher's row is printed


CHOICES = {
    "share in config.yaml: 'fte' is unknown": {"share": "fte"},
    "noise in config.yaml: 'some' is unknown": {"noise": "some"},
    "grade 5 is in two of them": {"levels": {"a": (3, 5), "b": (5, 6)}},
    "there are none": {"levels": {}},
}


@pytest.mark.parametrize("message", CHOICES)
def test_unknown_choices_are_refused(message):
    base = {"subjects": ("math",), "levels": {"all": (3,)}, "years": (2006, 2009)}
    with pytest.raises(UserError, match=re.escape(message)):
        EstimationChoices(**{**base, **CHOICES[message]})


def test_the_errata_are_passed_on(tables):
    literal = PrintedChoices("as_printed", "as_printed")
    choices = EstimationChoices(("math",), {"all": (3, 4, 5)}, (2006, 2009), printed=literal)
    found = estimate_grade_means(**tables, choices=choices).value_added
    own = printed_estimates(tiny(1), literal)
    np.testing.assert_allclose(found["va_unshrunk"], own.unshrunk, atol=1e-9)
    np.testing.assert_allclose(found["shrinkage"], own.shrinkage, atol=1e-9)


def scores(rng) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pupils of two grades of 12 schools and their cells."""
    pupils = pd.DataFrame(
        {
            "school_id": rng.integers(0, 12, 3000).astype(str),
            "grade": rng.integers(3, 5, 3000),
            "year": 2007,
            "subject": "math",
        }
    )
    pupils["score"] = 400 + 20 * pupils["grade"] + rng.normal(0, 35, 3000)
    cells = pupils.groupby(["school_id", "grade", "year", "subject"])["score"].agg(
        n_pupils="size", mean_score="mean", sd_score=lambda one: one.std(ddof=0)
    )
    return pupils, cells.reset_index()


def test_scores_are_standardised_by_the_pupils_of_a_year():
    pupils, cells = scores(np.random.default_rng(0))
    later = cells.assign(year=2010, mean_score=cells["mean_score"] + 7, sd_score=np.nan)
    found = standardised(pd.concat([cells, later], ignore_index=True), 2007)
    for grade, own in pupils.groupby("grade")["score"]:
        of_cells, of_grade = (table[table["grade"] == grade] for table in (cells, found))
        expected = (of_cells["mean_score"] - own.mean()) / own.std(ddof=0)
        of_year = of_grade.query("year == 2007")["mean_score"]
        np.testing.assert_allclose(of_year, expected, atol=1e-9)
        of_later = of_grade.query("year == 2010")["mean_score"]
        np.testing.assert_allclose(of_later, expected + 7 / own.std(ddof=0), atol=1e-9)


def test_scores_are_standardised_by_cells_where_pupils_have_no_spread():
    _, cells = scores(np.random.default_rng(1))
    found = standardised(cells.drop(columns="sd_score"), 2007, "cells")
    for _, own in found.groupby("grade"):
        mean = np.average(own["mean_score"], weights=own["n_pupils"])
        variance = np.average(own["mean_score"] ** 2, weights=own["n_pupils"])
        np.testing.assert_allclose([mean, variance], [0, 1], atol=1e-12)
    with pytest.raises(UserError, match="column sd_score: no such column"):
        standardised(cells.drop(columns="sd_score"), 2007)
    with pytest.raises(UserError, match=r"spread .*'sd' is unknown"):
        standardised(cells, 2007, "sd")
    with pytest.raises(UserError, match=r"no mean and SD of 2006 for grade 3, subject math"):
        standardised(cells, 2006)
    lacking = cells.assign(sd_score=cells["sd_score"].where(cells.index > 0))
    with pytest.raises(UserError, match=r"\(12 rows, 1 grades and subjects\)"):
        standardised(lacking, 2007)
