"""The synthetic world: the applicants of 2010 to 2012 and of 2013/14, and the ten schools."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.admissions.keys import STEPS_A_POINT, strict_keys
from welfare_added.admissions.pool import Pool
from welfare_added.admissions.synthetic import Draws, applicants, draw

# Tiers in force when they applied: those of 2012/13 are the earliest that are public.
EARLIER_TIERS, STUDIED_TIERS = "tier_2012_2013", "tier_2014_2015"


@dataclass(frozen=True)
class World:
    """Two pools of applicants.

    Attributes
    ----------
    earlier
        Applicants of 2010 to 2012, on whom minority status is predicted (table A.1).
    studied
        Applicants of 2013/14, whom the plans place.
    lists
        (n, L) schools of the studied applicants in order of preference; -1 past a list's end.
    schools
        school_id, seats, longitude, latitude.

    """

    earlier: pd.DataFrame
    studied: pd.DataFrame
    lists: np.ndarray
    schools: pd.DataFrame


def draws_of(counts: Mapping[str, int], schools: int, seed: int) -> tuple[Draws, Draws]:
    """Draws of the earlier and of the studied applicants. counts: ``earlier``, ``studied``."""
    seeds = np.random.SeedSequence(seed).spawn(2)
    return (
        draw(counts["earlier"], schools, seeds[0]),
        draw(counts["studied"], schools, seeds[1]),
    )


def world(draws: tuple[Draws, Draws], tracts: pd.DataFrame, parameters: Mapping) -> World:
    """Applicants from their draws and the parameters of calibration/parameters.yaml."""
    schools = school_table(parameters["schools"])
    shares = parameters["share_96"]
    given = (tracts, schools, parameters)
    earlier, _ = applicants(draws[0], *given, EARLIER_TIERS, shares["earlier"])
    studied, lists = applicants(draws[1], *given, STUDIED_TIERS, shares["studied"])
    return World(earlier, studied, lists, schools)


def school_table(schools: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """One row a school: school_id, seats, longitude, latitude."""
    return pd.DataFrame.from_dict(schools, orient="index").rename_axis("school_id").reset_index()


def pool_of(world: World) -> Pool:
    """The studied applicants as arrays; ties in the score are broken by chance alone."""
    table = world.studied
    steps = np.rint(table["composite_score"].to_numpy() * STEPS_A_POINT).astype(np.int64)
    columns = ("minority", "frpl", "asian", "tier")
    return Pool(
        strict_keys(steps, pd.DataFrame(index=table.index), table["random"].to_numpy()),
        table["composite_score"].to_numpy(),
        *(table[column].to_numpy() for column in columns),
        lists=world.lists,
        seats=world.schools["seats"].to_numpy(dtype=np.int64),
    )
