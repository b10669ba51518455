"""The hiring platform as preferences are estimated on it: applicants, positions, choice sets."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.market import season
from welfare_added.market.applicants import applicant_table, with_present_commute
from welfare_added.market.commutes import Commutes
from welfare_added.market.platform_checks import remarks
from welfare_added.market.positions import position_table
from welfare_added.market.windows import Windows, overlapping, windows

POSITIVE = ("hired", "hired_elsewhere", "hired_out", "interview", "positive")
MINUTES_DECIMALS = 3  # of commutes; further digits depend on the machine's trigonometry

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Choices:
    """What a study chooses of the platform; each a key of config.yaml.

    Attributes
    ----------
    window, buffer_days
        As of `windows`.
    declined_positive
        Whether a declined offer counts as a positive outcome (section 6.1 does not say).
    minutes_a_km, at_least
        As of `Commutes`.

    """

    window: str
    buffer_days: int
    declined_positive: bool
    minutes_a_km: float
    at_least: float


@dataclass(frozen=True)
class Base:
    """All applicants, positions and applications of the raw tables, whoever is active.

    Attributes
    ----------
    applicants, positions, applications
        As of `Platform`, without windows.
    commutes
        Between all applicants and schools.

    """

    applicants: pd.DataFrame
    positions: pd.DataFrame
    applications: pd.DataFrame
    commutes: Commutes


@dataclass(frozen=True)
class Platform:
    """The platform in one definition of active windows.

    Attributes
    ----------
    applicants
        One row an applicant and cycle who is ever active, numbered by ``applicant``: columns of
        `applicant_table`, current_minutes, current_commute_missing, first_day, last_day (days from
        1 April of the season), applications.
    positions
        One row a position, numbered by ``position``: columns of `position_table`, first_day,
        last_day (missing for those never active), applications.
    applications
        applicant, position, day, outcome, positive (0 or 1).
    pairs
        applicant, position (int32), applied (int8), minutes (float32, 0 if missing),
        commute_missing (int8); sorted by applicant and position.
    steps
        step, applicants, positions, applications, pairs.

    """

    applicants: pd.DataFrame
    positions: pd.DataFrame
    applications: pd.DataFrame
    pairs: pd.DataFrame
    steps: pd.DataFrame


def base(
    tables: Mapping[str, pd.DataFrame],
    schools: pd.DataFrame,
    traits: pd.DataFrame,
    forecasts: pd.DataFrame,
    choices: Choices,
) -> Base:
    """Join the platform's raw tables with the state's records and forecasts.

    tables: vacancies, applicants, applications and, if there are any, commutes; checked.
    """
    vacancies = tables["vacancies"]
    days = {name: season.days(vacancies[name], vacancies["cycle"]) for name in ("posted", "closed")}
    positions = position_table(vacancies.assign(**days), schools)
    applicants = applicant_table(tables["applicants"], traits, forecasts)
    own = positions["school_id"].unique()
    needed = pd.Index(own).union(applicants["current_school"].dropna().unique())
    places = schools[schools["school_id"].isin(needed)].drop_duplicates("school_id")
    commutes = Commutes(
        applicants,
        places,
        minutes_a_km=choices.minutes_a_km,
        at_least=choices.at_least,
        given=tables.get("commutes"),
    )
    applicants = with_present_commute(applicants, commutes)
    applicants["current_minutes"] = applicants["current_minutes"].round(MINUTES_DECIMALS)
    made = _applications(tables["applications"], applicants, positions, choices)
    for remark in remarks(applicants, positions, made):
        log.warning(remark)
    return Base(applicants, positions, made, commutes)


def _applications(
    applications: pd.DataFrame, applicants: pd.DataFrame, positions: pd.DataFrame, choices: Choices
) -> pd.DataFrame:
    """Applications by code, sorted: applicant, position, day, outcome, positive."""
    position = pd.Index(positions["position_id"]).get_indexer(applications["position_id"])
    year = positions["year"].to_numpy()[position]
    keys = pd.MultiIndex.from_arrays([applications["applicant_id"], year])
    own = pd.MultiIndex.from_frame(applicants[["applicant_id", "year"]])
    counted = [*POSITIVE, "declined"] if choices.declined_positive else list(POSITIVE)
    made = pd.DataFrame(
        {
            "applicant": own.get_indexer(keys).astype(np.int32),
            "position": position.astype(np.int32),
            "day": season.days(applications["applied"], pd.Series(year)).to_numpy(),
            "outcome": applications["outcome"].to_numpy(),
            "positive": applications["outcome"].isin(counted).to_numpy().astype("int8"),
        }
    )
    return made.sort_values(["applicant", "position"], ignore_index=True)


def platform(start: Base, choices: Choices, true: Windows | None = None) -> Platform:
    """Applicants, positions and choice sets in the chosen windows.

    true: true windows, which only synthetic platforms have, in place of those that ``choices``
    names.
    """
    made = start.applications
    window = true or windows(
        choices.window, made, start.positions, len(start.applicants), choices.buffer_days
    )
    pairs = overlapping(
        window, start.applicants["year"].to_numpy(), start.positions["year"].to_numpy()
    )
    school = start.commutes.schools.get_indexer(start.positions["school_id"])
    minutes = start.commutes.minutes(pairs.applicant, school[pairs.position])
    table = pd.DataFrame(
        {
            "applicant": pairs.applicant,
            "position": pairs.position,
            "applied": _applied(pairs, made, len(start.positions)),
            "minutes": np.nan_to_num(minutes).round(MINUTES_DECIMALS).astype(np.float32),
            "commute_missing": np.isnan(minutes).astype(np.int8),
        }
    )
    numbers = np.bincount(made["applicant"], minlength=len(start.applicants))
    active = ~np.isnan(window.applicant_first)
    applicants = start.applicants.assign(
        first_day=window.applicant_first, last_day=window.applicant_last, applications=numbers
    )
    of_position = np.bincount(made["position"], minlength=len(start.positions))
    positions = start.positions.assign(
        first_day=window.position_first, last_day=window.position_last, applications=of_position
    )
    steps = _steps(start, table, active)
    code = (np.cumsum(active) - 1).astype(np.int32)
    kept = applicants[active].astype({"first_day": "int64", "last_day": "int64"})
    table["applicant"] = code[table["applicant"]]
    return Platform(
        applicants=_numbered(kept.reset_index(drop=True), "applicant"),
        positions=_numbered(positions, "position"),
        applications=made.assign(applicant=code[made["applicant"]]),
        pairs=table,
        steps=steps,
    )


def _applied(pairs, made: pd.DataFrame, positions: int) -> np.ndarray:
    """Whether each pair is an application, (N,) int8."""
    keys = pairs.applicant.astype(np.int64) * positions + pairs.position
    own = made["applicant"].to_numpy(np.int64) * positions + made["position"].to_numpy()
    applied = np.zeros(len(keys), np.int8)
    at = np.searchsorted(keys, own)
    inside = at < len(keys)
    inside[inside] = keys[at[inside]] == own[inside]
    applied[at[inside]] = 1
    return applied


def _numbered(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    rows.insert(0, name, np.arange(len(rows), dtype=np.int32))
    return rows


def _steps(start: Base, pairs: pd.DataFrame, active: np.ndarray) -> pd.DataFrame:
    """Counts of all, of those ever active, and of those with somebody to choose."""
    made = start.applications
    with_pair = pairs["applicant"].nunique()
    rows = [
        ("in the tables", len(active), len(start.positions), len(made), 0),
        ("ever active", int(active.sum()), made["position"].nunique(), len(made), 0),
        (
            *("with a choice set", with_pair, pairs["position"].nunique()),
            *(int(pairs["applied"].sum()), len(pairs)),
        ),
    ]
    left = int(active.sum()) - with_pair
    if left:
        log.warning("%d applicants are never active at the same time as a position", left)
    return pd.DataFrame(rows, columns=["step", "applicants", "positions", "applications", "pairs"])
