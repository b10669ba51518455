"""Checks of the tables from which moves of applicants are computed."""

from collections.abc import Sequence

import pandas as pd

from welfare_added.district.problems import Problem, raise_any

TIERS = (1, 2, 3, 4)
EXAMPLES = 3
KEYS = {
    "applicants": ["application_year", "applicant_id"],
    "enrolments": ["student_id", "year"],
    "tract_tiers": ["year", "tract"],
}


def check_tables(
    applicants: pd.DataFrame,
    enrolments: pd.DataFrame,
    tract_tiers: pd.DataFrame,
    tiers: Sequence[int] = TIERS,
) -> None:
    """Check keys and tiers of the three tables of `moves.move_tables`; ``tiers`` are all there are.

    Raises
    ------
    UserError
        If a key repeats, a tier is none of these, or an application has no tract.

    """
    tables = {"applicants": applicants, "enrolments": enrolments, "tract_tiers": tract_tiers}
    problems = [one for name in KEYS for one in _repeated(name, tables[name])]
    for name, table in tables.items():
        if "tier" in table and not (name == "enrolments" and "tract" in table):
            allowed_empty = name == "enrolments"
            problems += _not_a_tier(name, table["tier"], tiers, allowed_empty)
    if "tract" in enrolments and applicants["tract"].isna().any():
        rows = int(applicants["tract"].isna().sum())
        remedy = "give the tract of each application, or leave these applicants out"
        problems.append(Problem("applicants", "empty", remedy, "tract", rows))
    raise_any(problems)


def _repeated(name: str, table: pd.DataFrame) -> list[Problem]:
    repeated = int(table.duplicated(KEYS[name]).sum())
    columns = " and ".join(KEYS[name])
    remedy = f"keep one row of each {columns}"
    what = "rows repeat the key of another"
    return [Problem(name, what, remedy, columns, repeated)] if repeated else []


def _not_a_tier(
    name: str, tier: pd.Series, tiers: Sequence[int], allowed_empty: bool
) -> list[Problem]:
    wrong = ~tier.isin(tiers) & ~(allowed_empty & tier.isna())
    values = tuple(
        "empty" if pd.isna(one) else f"'{one}'" for one in pd.unique(tier[wrong])[:EXAMPLES]
    )
    remedy = f"tiers are {min(tiers)} to {max(tiers)}; leave out tracts and applicants without one"
    what = "not a tier"
    return [Problem(name, what, remedy, "tier", int(wrong.sum()), values)] if len(values) else []


def not_binary(applicants: pd.DataFrame, column: str) -> list[Problem]:
    """Problems of a column of the applicants that should have 0 and 1 alone."""
    remedy = "0 or 1 for each applicant"
    if column not in applicants:
        return [Problem("applicants", "the column is missing", remedy, column)]
    wrong = ~applicants[column].isin([0, 1])
    values = tuple(f"'{one}'" for one in pd.unique(applicants[column][wrong])[:EXAMPLES])
    what = "neither 0 nor 1"
    rows = int(wrong.sum())
    return [Problem("applicants", what, remedy, column, rows, values)] if rows else []
