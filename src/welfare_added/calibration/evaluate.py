"""From parameters to moments: make a district, estimate its value added, describe both."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from welfare_added.calibration.moments import moments
from welfare_added.calibration.targets import bin_counts
from welfare_added.district import parameters
from welfare_added.district.sample import analysis_sample
from welfare_added.district.synthetic import SyntheticDistrict, synthesise
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
    estimation: dict,
) -> Callable[[dict], pd.Series]:
    """Make the function that the search evaluates: from nested parameters to moments."""
    bins = bin_counts(targets)
    years, grades = tuple(years), tuple(grades)

    def evaluate(content: dict) -> pd.Series:
        made = synthesise(
            parameters.from_dict(content), size="full", seed=seed, years=years, grades=grades
        )
        sample = analysis_sample(in_memory(made), years, grades, split, class_size)
        batches = as_batches(sample.students)
        estimates = estimate_value_added(batches, **estimation).estimates
        return moments(sample.students, sample.classes, estimates, sample.outcomes, bins)

    return evaluate


def in_memory(made: SyntheticDistrict) -> District:
    """The synthetic tables as if they had been read from files."""
    tables = dict(made.tables)
    scores = ["ela_score", "math_score"]
    tables["enrolments"] = tables["enrolments"].astype(dict.fromkeys(scores, "float64"))
    return District(**tables, files={name: Path(f"{name}.csv") for name in tables})
