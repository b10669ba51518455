"""Commutes between homes and schools."""

import numpy as np
import pandas as pd

EARTH_KM = 6371.0


def distance_km(
    latitude: np.ndarray, longitude: np.ndarray, to_latitude: np.ndarray, to_longitude: np.ndarray
) -> np.ndarray:
    """Great-circle distance [km] between points [degrees]; arrays broadcast, missing is nan."""
    one, two = np.radians(latitude), np.radians(to_latitude)
    across = np.radians(np.asarray(to_longitude) - longitude)
    half = np.sin((two - one) / 2) ** 2 + np.cos(one) * np.cos(two) * np.sin(across / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(half))


class Commutes:
    """Minutes one way between applicants and schools.

    Given in the table of commutes, else from the great-circle distance between coordinates.

    Parameters
    ----------
    applicants
        Sorted as codes count them: applicant_id, year, latitude, longitude.
    schools
        One row a school: school_id, latitude, longitude.
    minutes_a_km, at_least
        Minutes a km of great-circle distance, and fewest minutes.
    given
        Table of commutes (applicant_id, cycle, school_id, minutes), or None.

    """

    def __init__(
        self,
        applicants: pd.DataFrame,
        schools: pd.DataFrame,
        *,
        minutes_a_km: float,
        at_least: float,
        given: pd.DataFrame | None = None,
    ):
        """Keep coordinates, and the given minutes in order of applicant and school."""
        self.schools = pd.Index(schools["school_id"])
        self._home = applicants[["latitude", "longitude"]].to_numpy(float)
        self._place = schools[["latitude", "longitude"]].to_numpy(float)
        self._minutes_a_km, self._at_least = minutes_a_km, at_least
        self._keys, self._minutes = np.zeros(0, np.int64), np.zeros(0)
        if given is not None:
            own = pd.MultiIndex.from_frame(applicants[["applicant_id", "year"]])
            row = own.get_indexer(pd.MultiIndex.from_frame(given[["applicant_id", "cycle"]]))
            school = self.schools.get_indexer(given["school_id"])
            used = (row >= 0) & (school >= 0) & given["minutes"].notna().to_numpy()
            keys = row[used] * len(self.schools) + school[used]
            order = np.argsort(keys)
            self._keys = keys[order]
            self._minutes = given["minutes"].to_numpy(float)[used][order]

    def minutes(self, applicant: np.ndarray, school: np.ndarray) -> np.ndarray:
        """Minutes of pairs, given by row of applicants and of schools; nan where not known."""
        home, place = self._home[applicant], self._place[school]
        found = distance_km(home[:, 0], home[:, 1], place[:, 0], place[:, 1]) * self._minutes_a_km
        found = np.maximum(found, self._at_least)
        if len(self._keys):
            keys = applicant * len(self.schools) + school
            at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
            found = np.where(self._keys[at] == keys, self._minutes[at], found)
        return found
