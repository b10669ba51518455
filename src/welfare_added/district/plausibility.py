"""All checks of what is improbable in a district's tables."""

from collections.abc import Sequence

from welfare_added.district.checks import check_coverage
from welfare_added.district.copy_checks import check_copies
from welfare_added.district.coverage_checks import check_gaps, check_shrinking
from welfare_added.district.identifier_checks import (
    check_forms,
    check_found_again,
    check_placeholders,
    check_teacher_years,
)
from welfare_added.district.improbable import Improbable
from welfare_added.district.problems import DistrictError
from welfare_added.district.sample import Sample, analysis_sample
from welfare_added.district.score_checks import check_resemblance, check_scales
from welfare_added.district.score_codes import check_ceiling, check_codes
from welfare_added.district.student_checks import check_class_sizes, check_progress, check_traits
from welfare_added.district.studied import Studied
from welfare_added.district.subject_checks import check_subjects
from welfare_added.district.tables import district_of
from welfare_added.district.values import RawTables
from welfare_added.district.years import lag_years

# What district.confirmed confirms by each of its keys.
BY_KEY = {
    "score_codes": (check_codes,),
    "score_ceiling": (check_ceiling,),
    "score_scale": (check_scales,),
    "score_resemblance": (check_resemblance, check_subjects),
    "score_copies": (check_copies,),
    "placeholder_teachers": (check_placeholders,),
    "identifier_forms": (check_forms,),
    "found_again": (check_found_again,),
    "teacher_years": (check_teacher_years,),
    "student_progress": (check_progress,),
    "student_traits": (check_traits,),
    "class_sizes": (check_class_sizes,),
    "gaps": (check_gaps,),
    "sample_shrinks": (check_shrinking,),
}


def studied_rows(
    raw: RawTables, years: Sequence[int], grades: Sequence[int], lag: str = "last_year"
) -> Studied:
    """Rows on which the estimates rest.

    Parameters
    ----------
    raw
        The checked tables (`district_of` raises on what is impossible).
    years, grades, lag
        See `analysis_sample`.

    """
    return Studied(raw, lag_years(years, lag), tuple(grades))


def improbable(studied: Studied) -> list[Improbable]:
    """Warnings of all checks of the rows studied, in the order of the checks."""
    return [one for checks in BY_KEY.values() for check in checks for one in check(studied)]


def checked_sample(
    raw: RawTables,
    *,
    years: Sequence[int],
    grades: Sequence[int],
    lag: str = "last_year",
    **choices: str,
) -> tuple[Sample, Studied, list[Improbable]]:
    """Analysis sample, the rows it rests on, and what is improbable about them.

    Parameters
    ----------
    raw
        From `read_tables`.
    years, grades, lag, choices
        See `analysis_sample`.

    Raises
    ------
    DistrictError
        If the tables contradict each other, or there is no sample: then with the warnings, which
        may explain why.

    """
    district = district_of(raw)
    check_coverage(
        district.enrolments, raw.files["enrolments"], lag_years(years, lag), tuple(grades)
    )
    studied = studied_rows(raw, years, grades, lag)
    warnings = improbable(studied)
    try:
        sample = analysis_sample(district, years, grades, lag=lag, **choices)
    except DistrictError as error:
        raise DistrictError([*error.problems, *warnings]) from None
    return sample, studied, warnings
