"""The synthetic world: applicants of several years, their enrolments, and the ten schools."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.admissions.keys import STEPS_A_POINT, TIE_BREAKS, strict_keys
from welfare_added.admissions.pool import Pool, pool_from
from welfare_added.admissions.synthetic import applicants
from welfare_added.admissions.synthetic_draws import Draws, draws_of
from welfare_added.admissions.synthetic_homes import Homes, enrolments, homes, tract_tiers

__all__ = ["World", "draws_of", "homes_of", "pool_of", "school_table", "world", "year_pool"]


@dataclass(frozen=True)
class World:
    """Applicants by application year, of which the last is studied.

    Attributes
    ----------
    earlier
        Applicants of the earlier years, as of `applicants`: on them minority status is predicted
        (table A.1) and moves are looked at (tables A.3, A.4).
    studied
        Applicants of 2013/14, whom the plans place.
    lists, earlier_lists
        (n, L) schools of the studied and of the earlier applicants in order of preference; -1 past
        a list's end.
    schools
        school_id, seats, longitude, latitude.
    tract_tiers
        year, tract, tier.
    homes
        By application year.

    """

    earlier: pd.DataFrame
    studied: pd.DataFrame
    lists: np.ndarray
    earlier_lists: np.ndarray
    schools: pd.DataFrame
    tract_tiers: pd.DataFrame
    homes: Mapping[int, Homes]

    @property
    def enrolments(self) -> pd.DataFrame:
        """Of all applicants in grades 7 to 9: student_id (an applicant_id), year, grade, tract."""
        everyone = pd.concat([self.earlier, self.studied])
        identifiers = everyone.groupby("application_year")["applicant_id"]
        tables = [
            enrolments(year, identifiers.get_group(year).to_numpy(), home.addresses)
            for year, home in self.homes.items()
        ]
        return pd.concat(tables, ignore_index=True)


def homes_of(
    draws: Mapping[int, Draws], tracts: pd.DataFrame, parameters: Mapping
) -> dict[int, Homes]:
    """Homes by application year; only the sections years (tiers, elsewhere) and moves matter."""
    schools = school_table(parameters["schools"])
    return {year: homes(one, tracts, schools, parameters, year) for year, one in draws.items()}


def world(
    draws: Mapping[int, Draws],
    tracts: pd.DataFrame,
    parameters: Mapping,
    where: Mapping[int, Homes] | None = None,
) -> World:
    """Applicants from their draws and the parameters of calibration/parameters.yaml.

    draws: by application year, see `draws_of`; the last year is the studied one. where: homes of
    the same draws and parameters, if they are made already.
    """
    schools = school_table(parameters["schools"])
    where = homes_of(draws, tracts, parameters) if where is None else where
    years = sorted(draws)
    made = {year: applicants(draws[year], where[year], schools, parameters, year) for year in years}
    *earlier, last = years
    return World(
        earlier=pd.concat([made[year][0] for year in earlier], ignore_index=True),
        studied=made[last][0],
        lists=made[last][1],
        earlier_lists=np.concatenate([made[year][1] for year in earlier]),
        schools=schools,
        tract_tiers=tract_tiers(tracts, parameters["tiers_in_force"]),
        homes={year: where[year] for year in years},
    )


def school_table(schools: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """One row a school: school_id, seats, longitude, latitude."""
    return pd.DataFrame.from_dict(schools, orient="index").rename_axis("school_id").reset_index()


def pool_of(world: World) -> Pool:
    """The studied applicants as arrays."""
    return year_pool(world.studied, world.lists, world.schools)


def year_pool(table: pd.DataFrame, lists: np.ndarray, schools: pd.DataFrame) -> Pool:
    """Applicants of one year as arrays; ties in the score are broken by its points, then chance."""
    steps = np.rint(table["composite_score"].to_numpy() * STEPS_A_POINT).astype(np.int64)
    keys = strict_keys(steps, table[list(TIE_BREAKS)], table["random"].to_numpy())
    return pool_from(table, keys, lists, schools)
