"""The top-10-percent plans: seats reserved for those who rank highest where they live."""

import numpy as np
import pandas as pd

from welfare_added.admissions.pool import Pool
from welfare_added.assignment.seats import Market, same_keys


def local_rank(keys: np.ndarray, place: np.ndarray, eighth_graders: np.ndarray) -> np.ndarray:
    """Rank by score among a place's applicants, over its number of 8th graders, (n,).

    place: (n,) label of each applicant's census tract or community area. eighth_graders: (n,)
    their number there. Source: Ellison and Pathak (2020), section A.4.5.
    """
    rank = pd.Series(-keys).groupby(np.asarray(place)).rank(method="first").to_numpy()
    return rank / eighth_graders


def eighth_graders(
    applicants: pd.DataFrame, tracts: pd.DataFrame, grades: int
) -> tuple[np.ndarray, np.ndarray]:
    """Number of 8th graders of each applicant's tract and of her community area, both (n,).

    applicants: tract, community_area. tracts: of one year: tract, community_area, children (of
    school age). grades: children over 8th graders.
    """
    of_tract = tracts.set_index("tract")["children"].astype(float)
    of_area = tracts.groupby("community_area")["children"].sum().astype(float)
    return (
        applicants["tract"].map(of_tract).to_numpy() / grades,
        applicants["community_area"].map(of_area).to_numpy() / grades,
    )


def local_rank_market(pool: Pool, rank: np.ndarray, reserved: np.ndarray) -> Market:
    """The market in which ``reserved`` (S,) seats go to the lowest local ranks.

    Open seats, filled by score, come first. Equal local ranks are ordered by score.
    """
    order = np.empty(len(pool))
    order[np.lexsort((pool.keys, -rank))] = np.arange(len(pool))
    by_kind = np.stack([pool.keys.astype(float), order], axis=1)
    keys = same_keys(by_kind, pool.lists)
    return Market(pool.lists, split_seats(pool.seats, reserved), keys)


def split_seats(seats: np.ndarray, reserved: np.ndarray) -> np.ndarray:
    """Open and reserved seats of every school, (S, 2)."""
    return np.stack([seats - reserved, reserved], axis=1)


def seats_reserved(seats: np.ndarray, at: int, number: int) -> np.ndarray:
    """Reserved seats of every school, (S,): ``number`` at one, the same share at the others."""
    share = np.floor(seats * (number / seats[at]) + 0.5).astype(np.int64)
    share[at] = number
    return share
