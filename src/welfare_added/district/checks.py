"""Checks of a district's tables: values, unique keys, and consistency between the tables."""

from pathlib import Path

import numpy as np
import pandas as pd
from pandera.errors import SchemaErrors

from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.tables import SCHEMAS

EXAMPLES = 3
FAR_SCORE = 10.0  # interquartile ranges from the median; a score so far away is taken for a code
ENOUGH_SCORES = 20  # fewest scores of a year and grade whose quartiles are relied on


def examples(
    file: Path, keys: pd.DataFrame, rows: np.ndarray, values: pd.Series | None = None
) -> tuple[str, ...]:
    """Describe the first of some rows for an error message: line in the file, key, value.

    Parameters
    ----------
    file
        Lines of a CSV file are counted from its header (line 1), rows of a parquet file from 1.
    keys
        The table's key columns, rows in the file's order.
    rows
        Positions of the rows concerned, ascending.
    values
        The column concerned.

    """
    kind, first = ("row", 1) if file.suffix == ".parquet" else ("line", 2)
    texts = []
    for row in rows[:EXAMPLES]:
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
    """Match each row of ``table`` to the row of ``among`` with its identifier ``back`` years ago.

    Parameters
    ----------
    table, among
        Both have the columns ``name`` and ``year``; the pairs are unique in ``among``.
    name
        Column of the identifier.
    back
        Number of years.

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


def check_values(tables: dict[str, pd.DataFrame], files: dict[str, Path]) -> None:
    """Check every table against its schema.

    Raises
    ------
    DistrictError
        If any value is not allowed; lists every column concerned in every table.

    """
    problems = []
    for name, table in tables.items():
        try:
            SCHEMAS[name].validate(table, lazy=True)
        except SchemaErrors as errors:
            problems += _schema_problems(errors.failure_cases, table, name, files[name])
    raise_any(problems)


def _schema_problems(
    cases: pd.DataFrame, table: pd.DataFrame, name: str, file: Path
) -> list[Problem]:
    """Turn pandera's failure cases into problems, one a column and check."""
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
    """Check for codes among the scores, such as -99 or 9999 for a student who was not tested.

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
        far = (enrolments[column] - middle).abs() > FAR_SCORE * (high - low)
        wrong = far & (high > low) & (scores.transform("count") >= ENOUGH_SCORES)
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
    """Check that enrolments, classes and teachers are consistent.

    Raises
    ------
    DistrictError
        If an enrolment's class is not in classes, a class's teacher is not in teachers, or a
        class and its students disagree about grade or school.

    """
    enrolments, classes = tables["enrolments"], tables["classes"]
    has_class = enrolments["class_id"].notna().to_numpy()
    class_row = locate(enrolments, classes, "class_id")
    problems = _unknown_identifiers(
        tables,
        files,
        ("enrolments", "class_id"),
        has_class & (class_row < 0),
        "classes that the classes table lacks in the year",
    )
    teacher = classes["teacher_id"]
    no_such_teacher = (teacher.notna() & ~teacher.isin(tables["teachers"]["teacher_id"])).to_numpy()
    problems += _unknown_identifiers(
        tables,
        files,
        ("classes", "teacher_id"),
        no_such_teacher,
        "teachers that the teachers table lacks",
    )
    for column in ("grade", "school_id"):
        problems += _class_disagreements(tables, files, column, class_row)
    raise_any(problems)


def _unknown_identifiers(
    tables, files, where: tuple[str, str], wrong: np.ndarray, what: str
) -> list[Problem]:
    """Report identifiers missing from the table they refer to."""
    if not wrong.any():
        return []
    name, column = where
    other = {"class_id": "classes", "teacher_id": "teachers"}[column]
    rows = np.flatnonzero(wrong)
    keys = tables[name][SCHEMAS[name].unique]
    remedy = f"add them to {files[other]}, or leave {column} empty where there is none"
    nearly = _nearly_equal(tables[name][column].iloc[rows], tables[other][column])
    if nearly:
        remedy = f"write identifiers alike in all tables: {files[other]} has {nearly}"
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


def _nearly_equal(unmatched: pd.Series, valid: pd.Series) -> str:
    """First unmatched identifier equal to a valid one but for zeros, capitals or a fraction."""
    by_normalised = {_normalised(identifier): identifier for identifier in valid.dropna().unique()}
    for identifier in unmatched.unique():
        if _normalised(identifier) in by_normalised:
            return f"'{by_normalised[_normalised(identifier)]}' where this one has '{identifier}'"
    return ""


def _normalised(identifier: str) -> str:
    return identifier.removesuffix(".0").lstrip("0").casefold()


def _class_disagreements(tables, files, column: str, class_row: np.ndarray) -> list[Problem]:
    enrolments, classes = tables["enrolments"], tables["classes"]
    of_class = classes[column].to_numpy()[class_row]
    rows = np.flatnonzero((class_row >= 0) & (of_class != enrolments[column].to_numpy()))
    if not len(rows):
        return []
    keys = enrolments[["student_id", "year", "class_id"]]
    label = column.removesuffix("_id")
    texts = examples(files["enrolments"], keys, rows, enrolments[column])
    return [
        Problem(
            file=str(files["enrolments"]),
            column=column,
            what=f"students and their class disagree about the {label}",
            rows=len(rows),
            examples=tuple(
                f"{text}, the class has '{of_class[row]}'"
                for text, row in zip(texts, rows, strict=False)
            ),
            remedy=f"correct {column} here or in {files['classes']}; "
            "a class of two grades or schools needs one class_id for each",
        )
    ]


def check_coverage(
    enrolments: pd.DataFrame, file: Path, years: tuple[int, int], grades: tuple[int, ...]
) -> None:
    """Check that there are rows for every studied year and for the lagged scores.

    Raises
    ------
    DistrictError
        If a studied year or the year before the first has no row, or no row is of the grade below
        the first.

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
