"""From tables of applicants, schools and indices to the arrays that plans are made from."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.admissions.plans import INDEX_PLANS, RANK_PLANS, Setting
from welfare_added.admissions.pool import Pool, pool_from
from welfare_added.run.errors import UserError

Targets = Mapping[str, Mapping[str, int]]


def choice_columns(applicants: pd.DataFrame) -> list[str]:
    """Columns of the schools listed, in order of preference."""
    return [name for name in applicants.columns if name.startswith("choice_")]


def lists_of(applicants: pd.DataFrame, schools: Sequence[str]) -> np.ndarray:
    """Schools listed by their place among ``schools``, (n, L); -1 past a list's end."""
    codes = [
        pd.Categorical(applicants[name], categories=list(schools)).codes
        for name in choice_columns(applicants)
    ]
    return np.column_stack(codes).astype(np.int64)


def pool_of(applicants: pd.DataFrame, schools: pd.DataFrame) -> Pool:
    """One year's applicants and schools as arrays.

    applicants: table of `Applicants`, one year. schools: school_id, seats, sorted by school_id.
    """
    lists = lists_of(applicants, schools["school_id"])
    return pool_from(applicants, applicants["key"].to_numpy(), lists, schools)


def setting_of(
    applicants: pd.DataFrame,
    schools: pd.DataFrame,
    indices: pd.DataFrame,
    tiers: Mapping[str, object],
    targets: Targets | None = None,
) -> Setting:
    """What plans are made from.

    applicants, schools: see `pool_of`. indices: one row an applicant in the same order, a column a
    plan of `INDEX_PLANS` and `RANK_PLANS`; plans without a column are not made. tiers: choices of
    the plan in force, as of `tier_market`. targets: minority and frpl by school, in place of the
    class of the plan in force.
    """
    if list(indices["applicant_id"]) != list(applicants["applicant_id"]):
        raise ValueError("indices are of other applicants, or in another order")
    targets = targets or {}
    return Setting(
        pool_of(applicants, schools),
        {name: indices[name].to_numpy() for name in INDEX_PLANS if name in indices},
        {name: indices[name].to_numpy() for name in RANK_PLANS if name in indices},
        tiers,
        dict(zip(places_of(schools["school_id"], targets), targets.values(), strict=True)),
    )


def schools_of(schools: pd.DataFrame, year: int) -> pd.DataFrame:
    """Schools of one year, sorted by school_id: the order of their places."""
    of_year = schools[schools["application_year"] == year]
    return of_year.sort_values("school_id", ignore_index=True)


def places_of(schools: Sequence[str], names: Sequence[str]) -> list[int]:
    """Place of each named school among all; raises UserError naming those that are not there."""
    known = list(schools)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UserError(
            f"config.yaml: plans.tuned_at names {', '.join(unknown)}, not in the table of schools. "
            f"Its school_id are {', '.join(map(str, known))}"
        )
    return [known.index(name) for name in names]


def places_by_name(schools: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    """The places of `places_of`, by name."""
    return dict(zip(names, places_of(schools, names), strict=True))


def read_applicants(
    files: Mapping[str, Path | str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Applicants of the studied year (file ``studied``), and their schools (``schools``)."""
    applicants = pd.read_parquet(files["studied"])
    schools = pd.read_csv(files["schools"], dtype={"school_id": str})
    return applicants, schools_of(schools, applicants["application_year"].iloc[0])


def read_setting(
    files: Mapping[str, Path | str], tiers: Mapping[str, object], targets: Targets | None = None
) -> tuple[Setting, pd.DataFrame, list[str]]:
    """Setting of the studied year, its applicants, and the names of its schools.

    files: see `read_applicants`; and ``indices``. tiers, targets: see `setting_of`.
    """
    applicants, schools = read_applicants(files)
    setting = setting_of(applicants, schools, pd.read_parquet(files["indices"]), tiers, targets)
    return setting, applicants, list(schools["school_id"])
