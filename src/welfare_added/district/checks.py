"""Checks of a district's tables: values, keys, and whether the tables agree with each other."""

from pathlib import Path

import numpy as np
import pandas as pd
from pandera.errors import SchemaErrors

from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.tables import SCHEMAS

SHOWN = 3
FAR = 10.0  # interquartile ranges from the median at which a score must be a code for something
ENOUGH = 20  # scores of a year and grade that tell where their middle is


def examples(
    file: Path, keys: pd.DataFrame, rows: np.ndarray, values: pd.Series | None = None
) -> tuple[str, ...]:
    """Describe the first rows of ``rows``: line in the file, key, value.

    Parameters
    ----------
    file
        Lines of a CSV file are counted from its header, rows of a parquet file from 1.
    keys
        The table's key columns, rows in the file's order.
    rows
        Positions of the rows concerned, ascending.
    values
        The column concerned.

    """
    kind, first = ("row", 1) if file.suffix == ".parquet" else ("line", 2)
    texts = []
    for row in rows[:SHOWN]:
        key = ", ".join(
            f"{name} {'empty' if pd.isna(value) else value}"
            for name, value in keys.iloc[row].items()
        )
        text = f"{kind} {row + first} ({key})"
        if values is not None:
            value = values.iloc[row]
            text += ": empty" if pd.isna(value) else f": '{value}'"
        texts.append(text)
    return tuple(texts)


def locate(table: pd.DataFrame, among: pd.DataFrame, name: str, *, back: int = 0) -> np.ndarray:
    """Find for each row of ``table`` the row of ``among`` with its identifier, ``back`` years ago.

    Parameters
    ----------
    table, among
        Both have the column ``name`` and ``year``; the pairs are unique in ``among``.
    name
        The identifier's column.
    back
        Years.

    Returns
    -------
    array of int, one a row of ``table``
        Positions in ``among``, -1 where there is none.

    """
    codes, known = pd.factorize(among[name])
    wanted = codes if table is among else pd.Index(known).get_indexer(table[name])
    span = 10_000
    keys = codes * span + among["year"].to_numpy()
    asked = wanted * span + table["year"].to_numpy() - back
    return pd.Index(keys).get_indexer(asked)


def check_values(tables: dict[str, pd.DataFrame], files: dict[str, Path]) -> None:
    """Check every table against its schema.

    Raises
    ------
    DistrictError
        With every wrong value of every table.

    """
    problems = []
    for name, table in tables.items():
        try:
            SCHEMAS[name].validate(table, lazy=True)
        except SchemaErrors as errors:
            problems += _translate(errors.failure_cases, table, name, files[name])
    raise_any(problems)


def _translate(cases: pd.DataFrame, table: pd.DataFrame, name: str, file: Path) -> list[Problem]:
    """Say in our words what pandera found; one problem a column and check."""
    schema = SCHEMAS[name]
    keys = table[schema.unique]
    problems = []
    key_cases = cases["check"] == "multiple_fields_uniqueness"
    if key_cases.any():
        rows = np.flatnonzero(keys.duplicated(keep=False))
        repeated = int(keys.duplicated().sum())
        order = np.lexsort([rows, keys.iloc[rows].groupby(schema.unique).ngroup()])
        problems.append(
            Problem(
                file=str(file),
                column=" and ".join(schema.unique),
                what=f"{repeated} rows repeat the key of another"
                if repeated > 1
                else "a row repeats the key of another",
                rows=len(rows),
                examples=examples(file, keys, rows[order]),
                remedy=schema.metadata["remedy"],
            )
        )
    for (column, check), group in cases[~key_cases].groupby(["column", "check"], sort=False):
        rows = np.sort(group["index"].to_numpy(dtype=int))
        problems.append(
            Problem(
                file=str(file),
                column=column,
                what="empty" if check == "not_nullable" else check,
                rows=len(rows),
                examples=examples(file, keys, rows, table[column]),
                remedy=schema.columns[column].metadata["remedy"],
            )
        )
    return problems


def check_scores(enrolments: pd.DataFrame, file: Path) -> None:
    """Check that no score is a code, such as -99 or 9999 for a student who was not tested.

    Raises
    ------
    DistrictError
        If a score is `FAR` interquartile ranges away from the median of its year and grade.

    """
    problems = []
    cells = [enrolments["year"], enrolments["grade"]]
    for column in ("ela_score", "math_score"):
        scores = enrolments[column].groupby(cells)
        low, middle, high = (scores.transform("quantile", q) for q in (0.25, 0.5, 0.75))
        far = (enrolments[column] - middle).abs() > FAR * (high - low)
        wrong = far & (high > low) & (scores.transform("count") >= ENOUGH)
        rows = np.flatnonzero(wrong)
        if len(rows):
            keys = enrolments[SCHEMAS["enrolments"].unique]
            problems.append(
                Problem(
                    file=str(file),
                    column=column,
                    what="scores far from all others of the year and grade",
                    rows=len(rows),
                    examples=examples(file, keys, rows, enrolments[column]),
                    remedy="leave a score empty where a student was not tested",
                )
            )
    raise_any(problems)


def check_relations(tables: dict[str, pd.DataFrame], files: dict[str, Path]) -> None:
    """Check that enrolments, classes and teachers agree.

    Raises
    ------
    DistrictError
        If an enrolment's class is not in classes, a class's teacher is not in teachers, or a
        class and its students disagree about grade or school.

    """
    enrolments, classes = tables["enrolments"], tables["classes"]
    linked = enrolments["class_id"].notna().to_numpy()
    at = locate(enrolments, classes, "class_id")
    problems = _unknown(
        tables,
        files,
        ("enrolments", "class_id"),
        linked & (at < 0),
        "classes not known in the year",
    )
    teacher = classes["teacher_id"]
    lost = (teacher.notna() & ~teacher.isin(tables["teachers"]["teacher_id"])).to_numpy()
    problems += _unknown(tables, files, ("classes", "teacher_id"), lost, "teachers not known")
    for column in ("grade", "school_id"):
        problems += _disagree(tables, files, column, at)
    raise_any(problems)


def _unknown(tables, files, where: tuple[str, str], wrong: np.ndarray, what: str) -> list[Problem]:
    """Report identifiers that the table they refer to does not have."""
    if not wrong.any():
        return []
    name, column = where
    other = {"class_id": "classes", "teacher_id": "teachers"}[column]
    rows = np.flatnonzero(wrong)
    keys = tables[name][SCHEMAS[name].unique]
    remedy = f"add them to {files[other]}, or leave {column} empty where there is none"
    alike = _written_otherwise(tables[name][column].iloc[rows], tables[other][column])
    if alike:
        remedy = f"write identifiers alike in all tables: {files[other]} has {alike}"
    return [
        Problem(
            file=str(files[name]),
            column=column,
            what=what,
            rows=len(rows),
            examples=examples(files[name], keys, rows, tables[name][column]),
            remedy=remedy,
        )
    ]


def _written_otherwise(lost: pd.Series, known: pd.Series) -> str:
    """Say which of the known identifiers a lost one is but for zeros, capitals or a fraction."""
    plain = {_plain(one): one for one in known.dropna().unique()}
    for one in lost.unique():
        if _plain(one) in plain:
            return f"'{plain[_plain(one)]}' where this one has '{one}'"
    return ""


def _plain(identifier: str) -> str:
    return identifier.removesuffix(".0").lstrip("0").casefold()


def _disagree(tables, files, column: str, at: np.ndarray) -> list[Problem]:
    enrolments, classes = tables["enrolments"], tables["classes"]
    theirs = classes[column].to_numpy()[at]
    rows = np.flatnonzero((at >= 0) & (theirs != enrolments[column].to_numpy()))
    if not len(rows):
        return []
    keys = enrolments[["student_id", "year", "class_id"]]
    label = column.removesuffix("_id")
    shown = examples(files["enrolments"], keys, rows, enrolments[column])
    return [
        Problem(
            file=str(files["enrolments"]),
            column=column,
            what=f"students and their class disagree about the {label}",
            rows=len(rows),
            examples=tuple(
                f"{text}, the class has '{theirs[row]}'"
                for text, row in zip(shown, rows, strict=False)
            ),
            remedy=f"correct {column} here or in {files['classes']}; "
            "a class of two grades or schools needs one class_id for each",
        )
    ]


def check_coverage(
    enrolments: pd.DataFrame, file: Path, years: tuple[int, int], grades: tuple[int, ...]
) -> None:
    """Check that every studied year has students, and that there are rows to take lags from.

    Raises
    ------
    DistrictError
        If a year from the one before the first has no row, or no row is of the grade below.

    """
    first, last = years
    below = min(grades) - 1
    studied = enrolments[enrolments["grade"].isin([below, *grades])]
    present = set(studied["year"])
    span = f"{min(enrolments['year'])} to {max(enrolments['year'])}"
    names = ", ".join(str(grade) for grade in sorted(grades))
    problems = []
    empty = [str(year) for year in range(first, last + 1) if year not in present]
    if empty:
        what = f"no row of grades {names} in {', '.join(empty)}"
        remedy = f"add them, or choose other district.years in config.yaml; the table has {span}"
        problems.append(Problem(str(file), what, remedy, "year"))
    if first - 1 not in present:
        what = f"no row in {first - 1}, from which the lagged scores of {first} come"
        remedy = f"add it, or start district.years in config.yaml later; the table has {span}"
        problems.append(Problem(str(file), what, remedy, "year"))
    if not (enrolments["grade"] == below).any():
        what = f"no row of grade {below}, from which the lagged scores of grade {below + 1} come"
        remedy = f"add them, or drop grade {below + 1} from district.grades in config.yaml"
        problems.append(Problem(str(file), what, remedy, "grade"))
    raise_any(problems)
