"""What cannot be used is refused by its name, with rows and a remedy."""

from decimal import Decimal

import numpy as np
import pandas as pd
import plain_va
import pytest

import welfare_added as wa

NAMES = {"teacher": "t", "year": "y", "class_": "c", "outcome": "ela"}


@pytest.fixture(scope="module")
def students():
    return plain_va.panel(1, schools=2, teachers=6)


def spoiled(column, value, rows=(0, 7, 12, 30)):
    def spoil(students):
        values = students[column].astype(object)
        values.iloc[list(rows)] = value
        return students.assign(**{column: values})

    return spoil


REFUSED = {
    "a column that is missing": (
        lambda s: s.rename(columns={"t": "teacher_id"}),
        {},
        "no column 't' (teacher=); the table holds teacher_id, y, c, school,",
    ),
    "a column with a slip of the pen": (
        lambda s: s,
        {"controls": ["age", "lagg"]},
        "no column 'lagg' (controls=); the table holds t, y, c, school, grade, ela, math, lag, age,",
    ),
    "what may be meant": (lambda s: s, {"controls": "lagg"}, "Did you mean 'lag'?"),
    "teachers that are blank": (
        spoiled("t", None),
        {},
        "column 't' (teacher=) is blank in 4 of",
    ),
    "teachers that are spaces": (
        spoiled("t", "  "),
        {},
        "rows (counted from 0: 0, 7, 12, ...). Fill them or drop these rows, for instance "
        "students.dropna(subset=['t']).",
    ),
    "classes that are blank": (spoiled("c", ""), {}, "column 'c' (class_=) is blank in 4 of"),
    "years that are blank": (spoiled("y", np.nan), {}, "column 'y' (year=) is blank in 4 of"),
    "years as text": (
        spoiled("y", "2002-03", (3, 4)),
        {},
        "column 'y' (year=) is not a number in 2 of",
    ),
    "how a school year is written": (
        spoiled("y", "2002-03", (3, 4)),
        {},
        "for example '2002-03'. Correct or empty these cells; write a school year as one number",
    ),
    "half years": (spoiled("y", 2002.5, [2]), {}, "is not a whole number in 1 of"),
    "scores with text": (
        spoiled("ela", "absent", (5, 9)),
        {},
        "column 'ela' (outcome=) is not a number in 2 of",
    ),
    "scores with text, and where": (
        spoiled("ela", "absent", (5, 9)),
        {},
        "(counted from 0: 5, 9), for example 'absent'. Correct or empty these cells; then "
        "students['ela'] = pd.to_numeric(students['ela']).",
    ),
    "scores that are text throughout": (
        lambda s: s.assign(ela=s["ela"].astype(str)),
        {},
        "column 'ela' (outcome=) holds numbers as ",
    ),
    "scores that are infinite": (
        spoiled("math", np.inf, [1]),
        {"outcome": "math"},
        "column 'math' (outcome=) is infinite in 1 of",
    ),
    "controls that are infinite": (
        lambda s: s.assign(age=np.where(s.index == 3, np.inf, s["age"])),
        {"controls": "age"},
        "column 'age' (controls=) is infinite in 1 of",
    ),
    "scores that are all the same": (
        lambda s: s.assign(ela=1.0),
        {},
        "column 'ela' (outcome=) has the same value in all rows.",
    ),
    "scores that are all missing": (
        lambda s: s.assign(ela=np.nan),
        {},
        "column 'ela' (outcome=) is missing in all rows.",
    ),
    "controls that are constant": (
        lambda s: s.assign(age=9),
        {"controls": ["lag", "age"]},
        "column 'age' (controls=) has the same value in all rows, so it explains nothing",
    ),
    "categories that are constant": (
        lambda s: s.assign(kind="a"),
        {"categorical": "kind"},
        "column 'kind' (categorical=) has the same value",
    ),
    "text as a control": (lambda s: s, {"controls": "kind"}, "name it in categorical= instead."),
    "an outcome as its own control": (
        lambda s: s,
        {"controls": ["lag", "ela"]},
        "column 'ela' is an outcome and a control of itself",
    ),
    "a control twice": (
        lambda s: s,
        {"controls": "grade", "categorical": "grade"},
        "column 'grade' is named in controls= and in categorical=",
    ),
    "shares above one": (
        lambda s: s.assign(share=2.0),
        {"weight": "share"},
        "column 'share' (weight=) is not above 0 and at most 1 in",
    ),
    "a group without a name": (
        spoiled("group", None, [4]),
        {"groups": "group"},
        "column 'group' (groups=) is blank in 1 of",
    ),
    "a group of the name of all": (
        spoiled("group", "all", [4]),
        {"groups": "group"},
        "a group of 'ela' in column 'group' (groups=) is named 'all'",
    ),
    "groups of no outcome": (
        lambda s: s,
        {"groups": {"science": "group"}},
        "groups: 'science' is not an outcome; the outcomes are ela.",
    ),
    "two columns of one name": (
        lambda s: pd.concat([s, s[["lag"]]], axis=1),
        {},
        "two columns are named 'lag'; rename or drop one.",
    ),
    "a name of the results": (
        lambda s: s.rename(columns={"school": "va"}),
        {"school": "va"},
        "a column of the results is named 'va' too; rename yours",
    ),
    "no rows": (lambda s: s.head(0), {}, "the table has no rows."),
    "no table": (lambda s: s.to_numpy(), {}, "want a pandas DataFrame"),
    "no outcome": (lambda s: s, {"outcome": []}, "outcome: name one column or several."),
    "a column by number": (lambda s: s, {"outcome": 5}, "5 is not the name of a column"),
    "absorbed and kept": (
        lambda s: s,
        {"absorb": "school", "tfx_resid": "t"},
        "absorb, tfx_resid: name one of them",
    ),
    "an unknown estimator": (
        lambda s: s,
        {"estimator": "kane"},
        "estimator: 'kane' is unknown; want one of 'leave_year_out', 'empirical_bayes'.",
    ),
    "an unknown covariance": (lambda s: s, {"same_year": "random"}, "want one of 'all_pairs',"),
    "a drift limit of zero": (
        lambda s: s,
        {"drift_limit": 0},
        "drift_limit: 0 is not a whole number of 1 or more.",
    ),
    "a share of teachers": (lambda s: s, {"teacher_share": 2}, "teacher_share: 2 is not above 0"),
    "leaving out of what leaves out nothing": (
        lambda s: s,
        {"quasi": True, "estimator": "empirical_bayes"},
        "quasi: empirical Bayes estimates leave out no year",
    ),
    "one year": (
        lambda s: s[s["y"] == 2003],
        {"by": "grade"},
        "grade 3, outcome ela: no teacher is seen in two years or more, which leave-year-out "
        "estimates need. If teachers are seen once, set estimator='empirical_bayes'",
    ),
    "one year before": (
        lambda s: s[(s["y"] == 2003) | (s["y"] == 2004)].assign(t=s["t"] + s["y"].astype(str)),
        {"years_used": "past"},
        "no teacher with an earlier year is seen in two years",
    ),
    "too few students": (
        lambda s: s.groupby("t").head(1),
        {},
        "outcome ela: 11 students in 11 classes are too few for 0 controls.",
    ),
    "a control that is never there with the score": (
        lambda s: s.assign(age=s["age"].where(s["ela"].isna())),
        {"controls": "age"},
        "outcome ela: no row has the outcome and all controls.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_refused(students, case):
    spoil, choices, message = REFUSED[case]
    with pytest.raises(wa.UserError) as refused:
        wa.value_added(spoil(students), **{**NAMES, **choices})
    assert message in str(refused.value)
    assert "t001" not in str(refused.value)  # no teacher is named


def test_numbers_of_every_kind_are_numbers(students):
    plain = wa.value_added(students, controls=["lag", "age"], **NAMES).estimates
    other = students.assign(
        y=students["y"].astype("Int32"),
        ela=students["ela"].astype("Float64"),
        lag=students["lag"].astype("double[pyarrow]"),
        t=students["t"].astype("category"),
        c=students["c"].astype("string"),
        age=students["age"].map(Decimal),
    )
    found = wa.value_added(other, controls=["lag", "age"], **NAMES).estimates
    np.testing.assert_allclose(found["va"], plain["va"], atol=1e-12)
    logical = students.assign(old=students["age"] > 5)
    both = [
        wa.value_added(table, controls="old", **NAMES).estimates["va"]
        for table in (logical, logical.astype({"old": float}))
    ]
    np.testing.assert_array_equal(*both)


def test_collinear_controls_and_unused_rows_are_told(students):
    table = students.assign(double=2 * students["lag"], school_size=10.0)
    table["school_size"] += table["school"].map({"s0": 1, "s1": 2})
    table.loc[:9, "age"] = np.nan
    found = wa.value_added(table, controls=["lag", "double", "age"], minimum_class_size=5, **NAMES)
    assert found.dropped["control"].tolist() == ["double"]
    count = found.counts.iloc[0]
    assert count["rows"] == len(table)
    assert count["without_outcome"] == table["ela"].isna().sum()
    assert count["without_control"] == (table["ela"].notna() & table["age"].isna()).sum() > 0
    used = count["in_small_classes"] + count["in_class_means"]
    assert used == count["rows"] - count["without_outcome"] - count["without_control"]
    assert count["in_small_classes"] > 0
    text = found.summary()
    for part in ("double", f"{count['without_control']} without a control", "in small classes"):
        assert part in text


def test_rows_without_a_category_are_left_out(students):
    some = students["kind"].where(students.index % 10 != 0)
    found = wa.value_added(students.assign(kind=some), categorical="kind", **NAMES)
    with_score = students["ela"].notna()
    assert found.counts["without_control"].tolist() == [(some.isna() & with_score).sum()]
    alone = wa.value_added(students[some.notna()], categorical="kind", **NAMES)
    np.testing.assert_allclose(
        found.residuals["residual_ela"][some.notna()], alone.residuals["residual_ela"]
    )


def test_a_group_that_nobody_is_in_is_no_group(students):
    wanted = wa.value_added(students, groups="group", **NAMES).estimates
    table = students.assign(group=pd.Categorical(students["group"], ["high", "low", "middle"]))
    found = wa.value_added(table, groups="group", **NAMES).estimates
    pd.testing.assert_frame_equal(found, wanted)


MATRICES = {
    "no matrix": (lambda: wa.assign([1.0, 2.0]), "scores: want a matrix"),
    "no numbers": (lambda: wa.assign([["a", "b"]]), "scores: the scores must be numbers"),
    "infinite": (
        lambda: wa.assign([[1.0, np.inf], [0.0, 1.0]]),
        "scores: 1 scores are infinite, the first in row 0, column 1 (counted from 0).",
    ),
    "all missing": (lambda: wa.assign([[np.nan]]), "scores: all are missing"),
    "no assignment": (
        lambda: wa.assign([[1.0, np.nan], [2.0, np.nan]]),
        "scores: no assignment uses allowed pairs alone",
    ),
    "labels that do not fit": (
        lambda: wa.assign(np.eye(2), within=(["a"], ["a", "a"])),
        "within: 1 labels of rows and 2 of columns do not fit 2 rows and 2 columns.",
    ),
    "labels of other numbers": (
        lambda: wa.assign(np.eye(3), within=(["a", "a", "b"], ["a", "b", "b"])),
        "within: 2 labels have other numbers of rows than of columns, for example 'a': 2 and 1.",
    ),
    "objectives that do not fit": (
        lambda: wa.frontier(np.eye(2), np.eye(3)),
        "lower, higher: (2, 2) and (3, 3) rows and columns do not fit.",
    ),
    "a missing score": (
        lambda: wa.frontier(([1.0, np.nan], [1, 2]), np.eye(2)),
        "lower: 1 scores are missing",
    ),
    "one weight": (lambda: wa.frontier(np.eye(2), np.eye(2), weights=1), "weights: 1 is too few"),
    "a weight above one": (
        lambda: wa.frontier(np.eye(2), np.eye(2), weights=[0.5, 1.5]),
        "weights: want a number of weights, or a list of them between 0 and 1.",
    ),
    "a weight of none": (
        lambda: wa.frontier(np.eye(2), np.eye(2), weights=[0.5]).at(0.7),
        "at: the frontier has no assignment at weight 0.7.",
    ),
}


@pytest.mark.parametrize("case", MATRICES)
def test_matrices_that_cannot_be_used_are_refused(case):
    call, message = MATRICES[case]
    with pytest.raises(wa.UserError) as refused:
        call()
    assert str(refused.value).startswith(message)
