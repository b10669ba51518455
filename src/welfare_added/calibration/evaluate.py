"""From parameters to moments: simulate a district and estimate its value added."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from welfare_added.calibration.moments import moments
from welfare_added.calibration.targets import bin_counts
from welfare_added.district import parameters
from welfare_added.district.sample import analysis_sample
from welfare_added.district.synthetic import SyntheticDistrict, synthesise
from welfare_added.district.table_files import TableFiles
from welfare_added.district.tables import District
from welfare_added.value_added.estimate import estimate_value_added
from welfare_added.value_added.student_variables import as_batches


def evaluator(
    targets: pd.DataFrame,
    *,
    seed: int,
    years: tuple[int, int],
    grades: tuple[int, ...],
    split: str,
    class_size: str,
    lower: str,
    estimation: dict,
) -> Callable[[dict], pd.Series]:
    """Return the function from nested parameters to moments that `search` evaluates.

    Parameters
    ----------
    targets
        From `read_targets`.
    seed, years, grades
        See `synthesise`.
    split, class_size, lower
        See `analysis_sample`.
    estimation
        See `estimate_value_added`.

    """
    bins = bin_counts(targets)
    years, grades = tuple(years), tuple(grades)

    def evaluate(nested: dict) -> pd.Series:
        district = synthesise(
            parameters.from_dict(nested),
            size="full",
            seed=seed,
            years=years,
            grades=grades,
            lower=lower,
        )
        sample = analysis_sample(in_memory(district), years, grades, split, class_size, lower=lower)
        batches = as_batches(sample.students)
        estimates = estimate_value_added(batches, **estimation).estimates
        return moments(sample.students, sample.classes, estimates, sample.outcomes, bins)

    return evaluate


def mean_moments(worlds: Sequence[Callable[[dict], pd.Series]]) -> Callable[[dict], pd.Series]:
    """Return the function from nested parameters to the mean of the moments of several worlds."""

    def evaluate(nested: dict) -> pd.Series:
        return pd.concat([world(nested) for world in worlds], axis=1).mean(axis=1, skipna=False)

    return evaluate


def district_seeds(seed: int, number: int) -> list[int]:
    """Seeds of ``number`` districts, spawned from one; the first are the same at any number."""
    return [int(s.generate_state(1)[0]) for s in np.random.SeedSequence(seed).spawn(number)]


def in_memory(district: SyntheticDistrict) -> District:
    """The synthetic tables with the types they have when read from files."""
    tables = dict(district.tables)
    scores = ["ela_score", "math_score"]
    tables["enrolments"] = tables["enrolments"].astype(dict.fromkeys(scores, "float64"))
    return District(**tables, files={name: TableFiles.of(f"{name}.csv") for name in tables})
