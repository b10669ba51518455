"""What the overview of a district's tables reports of its analysis sample."""

import pandas as pd

from welfare_added.district.overview import SampleCounts
from welfare_added.district.sample import Sample


def sample_overview(sample: Sample) -> SampleCounts:
    """Counts of the analysis sample, and what limits estimates and reallocation."""
    classes = sample.classes
    years = classes.groupby("teacher_id")["year"].nunique()
    alone = classes.groupby(["year", "grade", "school_id"]).size() == 1
    notes = [
        f"{(years == 1).sum()} of {len(years)} teachers are seen in one year: they have no "
        "leave-year-out estimate",
        f"{alone.sum()} of {len(alone)} schools' grades in a year have one class: there is "
        "nothing to reallocate within the school",
    ]
    counts = {"Students of the sample by year and grade:": _cells(sample.students)}
    return SampleCounts(sample.steps, counts, notes)


def _cells(students: pd.DataFrame) -> pd.DataFrame:
    """Students of the sample by year and grade."""
    counts = students.pivot_table(
        index="year", columns="grade", values="student_id", aggfunc="count", fill_value=0
    )
    return counts.rename(columns=lambda grade: f"grade {grade}").reset_index()
