"""Checks of a district's tables: codes among scores, consistency, years and grades covered."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.values import RawTables, examples

FAR_SCORE = 10.0  # interquartile ranges from the median; a score so far away is taken for a code
SCORES = ("ela_score", "math_score")  # a paper may study one subject
ENOUGH_SCORES = 20  # fewest scores of a year and grade whose quartiles are relied on
MODE_SHARE = 0.5  # share of one value, as of a ceiling, above which quartiles are of the others


def locate(
    table: pd.DataFrame, among: pd.DataFrame, name: str, *, back: int | np.ndarray = 0
) -> np.ndarray:
    """Match each row of ``table`` to the row of ``among`` with its identifier ``back`` years ago.

    Parameters
    ----------
    table, among
        Both have the columns ``name`` and ``year``; the pairs are unique in ``among``.
    name
        Column of the identifier.
    back
        Number of years, of all rows or of each row of ``table``.

    Returns
    -------
    array of int, one a row of ``table``
        Positions in ``among``, -1 where there is no match.

    """
    codes, identifiers = pd.factorize(among[name])
    table_codes = codes if table is among else pd.Index(identifiers).get_indexer(table[name])
    span = 10_000
    keys = codes * span + among["year"].to_numpy()
    table_keys = table_codes * span + table["year"].to_numpy() - back
    return pd.Index(keys).get_indexer(table_keys)


def check_scores(raw: RawTables) -> None:
    """Check for codes among the scores, such as -99 or 9999 for a student who was not tested.

    Raises
    ------
    DistrictError
        If a score is `FAR_SCORE` interquartile ranges from the median of its year and grade.

    """
    enrolments = raw.tables["enrolments"]
    what = "scores far from all others of the year and grade"
    remedy = "leave a score empty where a student was not tested"
    problems = []
    cells = [enrolments["year"], enrolments["grade"]]
    for column in SCORES:
        if column not in enrolments:
            continue
        scores = _without_mode(enrolments, column).groupby(cells)
        low, middle, high = (scores.transform("quantile", q) for q in (0.25, 0.5, 0.75))
        far = (enrolments[column] - middle).abs() > FAR_SCORE * (high - low)
        wrong = far & (high > low) & (scores.transform("count") >= ENOUGH_SCORES)
        if wrong.any():
            problems.append(raw.problem("enrolments", np.flatnonzero(wrong), what, remedy, column))
    raise_any(problems)


def _without_mode(enrolments: pd.DataFrame, column: str) -> pd.Series:
    """Scores, missing where one value has much of its year and grade: a ceiling is no centre."""
    cells = ["year", "grade"]
    counts = enrolments.groupby([*cells, column]).size().rename("number").reset_index()
    of_cell = counts.groupby(cells)["number"].transform("sum")
    common = counts.loc[counts["number"] > MODE_SHARE * of_cell, [*cells, column]]
    if common.empty:
        return enrolments[column]
    is_common = enrolments[[*cells, column]].merge(common.assign(common=True), how="left")
    return enrolments[column].mask(is_common["common"].notna().to_numpy())


def check_relations(raw: RawTables) -> None:
    """Check that enrolments, classes and teachers are consistent.

    Raises
    ------
    DistrictError
        If an enrolment's class is not in classes, a class's teacher is not in teachers, or a
        class and its students disagree about grade or school.

    """
    enrolments, classes = raw.tables["enrolments"], raw.tables["classes"]
    class_row = locate(enrolments, classes, "class_id")
    no_such_class = enrolments["class_id"].notna().to_numpy() & (class_row < 0)
    what = "classes that the classes table lacks in the year"
    problems = _unknown_identifiers(raw, ("enrolments", "class_id"), no_such_class, what)
    teacher = classes["teacher_id"]
    no_such_teacher = teacher.notna() & ~teacher.isin(raw.tables["teachers"]["teacher_id"])
    what = "teachers that the teachers table lacks"
    problems += _unknown_identifiers(raw, ("classes", "teacher_id"), no_such_teacher, what)
    for column in ("grade", "school_id"):
        problems += _class_disagreements(raw, column, class_row)
    raise_any(problems)


def _unknown_identifiers(
    raw: RawTables, where: tuple[str, str], wrong: np.ndarray, what: str
) -> list[Problem]:
    """Report identifiers missing from the table they refer to."""
    rows = np.flatnonzero(wrong)
    if not len(rows):
        return []
    name, column = where
    other = {"class_id": "classes", "teacher_id": "teachers"}[column]
    remedy = f"add them to {raw.files[other]}, or leave {column} empty where there is none"
    nearly = _nearly_equal(raw.tables[name][column].iloc[rows], raw.tables[other][column])
    if nearly:
        remedy = f"write identifiers alike in all tables: {raw.files[other]} has {nearly}"
    return [raw.problem(name, rows, what, remedy, column)]


def _nearly_equal(unmatched: pd.Series, valid: pd.Series) -> str:
    """First unmatched identifier equal to a valid one but for zeros, capitals or a fraction."""
    by_normalised = {_normalised(identifier): identifier for identifier in valid.dropna().unique()}
    for identifier in unmatched.unique():
        if _normalised(identifier) in by_normalised:
            return f"'{by_normalised[_normalised(identifier)]}' where this one has '{identifier}'"
    return ""


def _normalised(identifier: str) -> str:
    return identifier.removesuffix(".0").lstrip("0").casefold()


def _class_disagreements(raw: RawTables, column: str, class_row: np.ndarray) -> list[Problem]:
    enrolments, classes = raw.tables["enrolments"], raw.tables["classes"]
    of_class = classes[column].to_numpy()[class_row]
    rows = np.flatnonzero((class_row >= 0) & (of_class != enrolments[column].to_numpy()))
    if not len(rows):
        return []
    file = raw.files["enrolments"]
    texts = examples(file, rows, enrolments[column])
    return [
        Problem(
            file=str(file),
            column=column,
            what=f"students and their class disagree about the {column.removesuffix('_id')}",
            rows=len(rows),
            examples=tuple(
                f"{text}, the class has '{of_class[row]}'"
                for text, row in zip(texts, rows, strict=False)
            ),
            remedy=f"correct {column} here or in {raw.files['classes']}; "
            "a class of two grades or schools needs one class_id for each; for grades, "
            "district.combination_classes in config.yaml can be by_grade",
        )
    ]


def _remedy(year: int, lags: Mapping[int, int], span: str) -> str:
    """Remedy where the year of lagged scores has no row."""
    if year == min(lags):
        return f"add it, or start district.years in config.yaml later; the table has {span}"
    return (
        "add it; or, if nobody was tested then, leave the year out of district.years in "
        "config.yaml and set district.lag to last_tested"
    )


def check_coverage(
    enrolments: pd.DataFrame, file: object, lags: Mapping[int, int], grades: tuple[int, ...]
) -> None:
    """Check that there are rows for every studied year and for the lagged scores.

    lags: the year from which those of each studied year come. file: named in messages.

    Raises
    ------
    DistrictError
        If a studied year or one of lagged scores has no row, or no row is of the grade below the
        first.

    """
    below = min(grades) - 1
    studied = enrolments[enrolments["grade"].isin([below, *grades])]
    present = set(studied["year"])
    span = f"{min(enrolments['year'])} to {max(enrolments['year'])}"
    names = ", ".join(str(grade) for grade in sorted(grades))
    problems = []
    empty = [str(year) for year in lags if year not in present]
    if empty:
        what = f"no row of grades {names} in {', '.join(empty)}"
        remedy = f"add them, or choose other district.years in config.yaml; the table has {span}"
        problems.append(Problem(str(file), what, remedy, "year"))
    for year, before in lags.items():
        if before not in present and before not in lags:
            what = f"no row in {before}, from which the lagged scores of {year} come"
            problems.append(Problem(str(file), what, _remedy(year, lags, span), "year"))
    if not (enrolments["grade"] == below).any():
        what = f"no row of grade {below}, from which the lagged scores of grade {below + 1} come"
        remedy = f"add them, or drop grade {below + 1} from district.grades in config.yaml"
        problems.append(Problem(str(file), what, remedy, "grade"))
    raise_any(problems)
