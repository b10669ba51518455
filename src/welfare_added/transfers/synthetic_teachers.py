"""The synthetic district's teachers: traits, licences, homes, effectiveness and tastes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.transfers.planted import Planted
from welfare_added.transfers.synthetic_schools import ETHNICITIES, LICENCES, Schools, coordinates

MINUTES_DECIMALS = 1
TRUTH_DECIMALS = 8  # of what is planted; further digits depend on the machine


@dataclass
class Staff:
    """All teachers so far, in the order in which they came; n grows.

    Attributes
    ----------
    ethnicity, male, education, experience
        (n,) experience is that of the current year.
    licences
        (n, 3) bool, held of `LICENCES`.
    minutes
        (n, S) of driving from home to every school.
    theta, phi
        (n,) general effectiveness, and schools' common taste.
    eta
        (n, S, 3) of eta^y, eta^u and eta^v.

    """

    ethnicity: np.ndarray
    male: np.ndarray
    education: np.ndarray
    experience: np.ndarray
    licences: np.ndarray
    minutes: np.ndarray = field(repr=False)
    theta: np.ndarray = field(repr=False)
    phi: np.ndarray = field(repr=False)
    eta: np.ndarray = field(repr=False)

    def add(self, others: "Staff") -> None:
        """Append teachers."""
        for name, own in vars(self).items():
            setattr(self, name, np.concatenate([own, getattr(others, name)]))

    def __len__(self) -> int:
        """Return the number of teachers."""
        return len(self.male)


def teacher_ids(numbers: np.ndarray) -> np.ndarray:
    """Identifiers of teachers by number."""
    return np.array([f"t{number:05d}" for number in numbers], dtype=object)


class Hiring:
    """Draws teachers who come to the district."""

    def __init__(
        self,
        schools: Schools,
        truth: Planted,
        inputs: Mapping,
        parameters: Mapping,
        licence_shares: np.ndarray,
        rng: np.random.Generator,
    ):
        """Set up; licence_shares: (3,) of vacancies that want each licence."""
        self.schools, self.truth, self.rng = schools, truth, rng
        self.inputs, self.parameters = inputs, parameters
        self.second = second_licence(parameters["teachers"]["eligible"], licence_shares)
        self.roots = [_root(truth.theta_phi), _root(truth.eta)]

    def draw(self, licence: np.ndarray, mean: float, sd: float) -> Staff:
        """Teachers with at least the licences given, (n,) places in `LICENCES`.

        mean, sd: of years of experience, gamma and whole.
        """
        rng, n, own = self.rng, len(licence), self.inputs["teachers"]
        first = [own[f"share_{name}"]["all"] for name in ETHNICITIES[:3]]
        first.append(self.parameters["teachers"]["asian"])
        ethnicity = (rng.random(n)[:, None] > np.cumsum(first)).sum(axis=1)
        male = rng.random(n) < own["share_male"]["all"]
        education = own["years_of_education"]["all"]
        years = np.round(education + own["sd_of_education"] * rng.standard_normal(n))
        experience = np.floor(rng.gamma((mean / sd) ** 2, sd**2 / mean, n) + 0.5)
        held = rng.random((n, len(LICENCES))) < self.second
        held[np.arange(n), licence] = True
        homes = coordinates(n, self.inputs["geography"]["driving_minutes"]["mean"], rng)
        distance = np.sqrt(((homes[:, None] - self.schools.place) ** 2).sum(axis=2))
        effects = np.round(rng.standard_normal((n, 2)) @ self.roots[0].T, TRUTH_DECIMALS)
        eta = rng.standard_normal((n, len(self.schools.ids), 3)) @ self.roots[1].T
        return Staff(
            ethnicity=ethnicity,
            male=male,
            education=np.clip(years, 2, 12),
            experience=np.minimum(experience, 45.0),
            licences=held,
            minutes=np.round(distance, MINUTES_DECIMALS),
            theta=effects[:, 0],
            phi=effects[:, 1],
            eta=np.round(eta, TRUTH_DECIMALS),
        )


def _root(covariance: np.ndarray) -> np.ndarray:
    """Lower-triangular root, also of a singular covariance."""
    size = np.sqrt(np.diag(covariance))
    scale = np.where(size > 0, size, 1.0)
    correlation = covariance / scale / scale[:, None]
    np.fill_diagonal(correlation, 1.0 + 1e-14)
    return np.linalg.cholesky(correlation) * size[:, None]


def second_licence(eligible: float, shares: np.ndarray) -> float:
    """Chance of each further licence with which the share ``eligible`` of vacancies is open.

    A teacher's first licence is that of ``shares`` of teachers and of vacancies alike.
    """
    own = float((shares**2).sum())
    return float(np.clip((eligible - own) / (1.0 - own), 0.0, 1.0))


def yearly_rows(staff: Staff, numbers: np.ndarray, year: int) -> pd.DataFrame:
    """The table teacher_years of some teachers in a year, but for displaced and gave_notice."""
    experience = staff.experience[numbers]
    order = np.lexsort((numbers, -experience))
    rank = np.empty(len(numbers), dtype=np.int64)
    rank[order] = np.arange(1, len(numbers) + 1)
    return pd.DataFrame(
        {
            "teacher_id": teacher_ids(numbers),
            "year": year,
            "ethnicity": np.array(ETHNICITIES, dtype=object)[staff.ethnicity[numbers]],
            "gender": np.where(staff.male[numbers], "male", "female"),
            "years_of_education": staff.education[numbers],
            "experience": experience,
            "seniority_rank": rank,
        }
    )


def licence_rows(staff: Staff, numbers: np.ndarray, year: int) -> pd.DataFrame:
    """The table licences of some teachers in a year."""
    row, kind = np.nonzero(staff.licences[numbers])
    names = np.array(LICENCES, dtype=object)
    return pd.DataFrame(
        {"teacher_id": teacher_ids(numbers[row]), "year": year, "licence": names[kind]}
    )
