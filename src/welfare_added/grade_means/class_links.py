"""Value added of the same teachers with and without class links (appendix D, figures A11, A12)."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from welfare_added.grade_means.estimate import (
    EstimationChoices,
    GradeMeansEstimates,
    estimate_grade_means,
)
from welfare_added.run.errors import UserError
from welfare_added.value_added.class_sums import collect
from welfare_added.value_added.controls import variables
from welfare_added.value_added.estimate import score_residuals
from welfare_added.value_added.group_model import Choices
from welfare_added.value_added.group_predictions import group_of_classes
from welfare_added.value_added.prediction import lag_profile, predict
from welfare_added.value_added.student_variables import as_batches

PLACE = ["school_id", "grade", "year"]
LEVEL = "all"
TRAITS = {"lag_special_education": "special_education", "lag_english_learner": "english_learner"}
LAGS = ("lag_math", "lag_ela")
# Kane and Staiger (2008): one covariance at all lags, own classes weighted by precision.
CONSTANT = Choices(
    estimator="leave_year_out",
    years_used="all",
    weighting="precision",
    drift_limit=1,
    teacher_share=1.0,
)


@dataclass(frozen=True)
class GradeTables:
    """Cells, composition and links of `estimate_grade_means`, from students with class links."""

    cells: pd.DataFrame
    composition: pd.DataFrame
    links: pd.DataFrame


def grade_tables(students: pd.DataFrame, subject: str, *, past_scores: bool) -> GradeTables:
    """Forget who taught whom within a grade of a school.

    Parameters
    ----------
    students
        The analysis sample (`district.sample.STUDENT_COLUMNS`).
    subject
        Whose scores to average.
    past_scores
        Whether mean scores of the last year are controls, as they are with class links.

    """
    groups = students.groupby(PLACE, sort=True)
    cells = groups.agg(
        n_pupils=(subject, "size"), mean_score=(subject, "mean"), sd_score=(subject, "std")
    ).reset_index()
    indicators = {"share_female": students["gender"] == "female"}
    for name in sorted(students["ethnicity"].unique())[1:]:
        indicators[f"share_{name}"] = students["ethnicity"] == name
    for column, name in TRAITS.items():
        if column in students:
            indicators[f"share_{name}"] = students[column]
    if past_scores:
        indicators |= {f"mean_{name}": students[name] for name in LAGS}
    columns = pd.DataFrame(indicators).astype(float).assign(**students[PLACE])
    composition = columns.groupby(PLACE, sort=True).mean().reset_index()
    links = students.groupby(["teacher_id", *PLACE], sort=True).size().rename("share").reset_index()
    links["share"] = links["share"].astype(float)
    return GradeTables(cells.assign(subject=subject), composition, links.assign(subject=subject))


def student_value_added(
    students: pd.DataFrame, subject: str, *, absorb: str, minimum_class_size: int
) -> pd.DataFrame:
    """Value added of teachers from students' own scores, constant over years (Kane, Staiger 2008).

    Residuals, class means and their moments are those of `value_added.estimate`; the variance of
    effects is the covariance of a teacher's means in consecutive years.

    Parameters
    ----------
    students
        The analysis sample.
    subject
        ``math`` or ``ela``.
    absorb
        Effects absorbed by the regression on controls: ``teacher`` or ``none``.
    minimum_class_size
        Smaller classes have no mean residual.

    Returns
    -------
    DataFrame
        teacher_id, va_student, shrinkage, classes; sd_true, the same in all rows, the square root
        of the variance of effects [student SD].

    Raises
    ------
    UserError
        If consecutive years have no positive covariance.

    """
    sums = collect(as_batches(students), minimum_class_size)
    residuals = score_residuals(sums, variables(sums), absorb)[(subject, "standard")]
    found = group_of_classes(residuals, sums.classes, CONSTANT, None)
    model = found.model
    profile = lag_profile(model.lags, model.components.own_year, 1)[:2]
    if len(profile) < 2 or not profile[1] > 0:
        raise UserError(
            f"students, {subject}: teachers' mean residuals have no positive covariance between "
            "consecutive years; more years or teachers are needed to tell effects from noise."
        )
    teacher = np.unique(model.years.teacher)
    # A year far from all others, from which every year is as far: the effect itself.
    elsewhere = np.full(len(teacher), model.years.year.max() + 1_000)
    own = predict(
        model.years, profile, model.noise, (teacher, elsewhere), left_out=(), past_only=False
    )
    table = found.table.drop_duplicates("teacher").set_index("teacher")
    return pd.DataFrame(
        {
            "teacher_id": table["teacher_id"].astype(str).reindex(teacher).to_numpy(),
            "va_student": own.estimate,
            "shrinkage": own.shrinkage,
            "classes": np.bincount(found.means.teacher)[teacher],
            "sd_true": np.sqrt(profile[1]),
        }
    ).sort_values("teacher_id", ignore_index=True)


def with_and_without_links(
    students: pd.DataFrame,
    subject: str,
    choices: EstimationChoices,
    *,
    absorb: str,
    minimum_class_size: int,
    past_scores: bool,
) -> tuple[pd.DataFrame, GradeMeansEstimates]:
    """Both kinds of value added of the same teachers from the same students.

    Parameters
    ----------
    students, subject, absorb, minimum_class_size
        As in `student_value_added`.
    choices
        Of the estimators without links; its subjects, levels and years are replaced by those of
        the students.
    past_scores
        See `grade_tables`.

    Returns
    -------
    DataFrame, GradeMeansEstimates
        teacher_id, subject, va_student, va_printed, va_unshrunk, va_joint, se_joint, of teachers
        who have all of them; what the estimators without links return.

    """
    tables = grade_tables(students, subject, past_scores=past_scores)
    grades, years = tables.cells["grade"], tables.cells["year"]
    choices = replace(
        choices,
        subjects=(subject,),
        levels={LEVEL: tuple(int(grade) for grade in grades.unique())},
        years=(int(years.min()), int(years.max())),
    )
    found = estimate_grade_means(tables.cells, tables.composition, tables.links, choices)
    with_links = student_value_added(
        students, subject, absorb=absorb, minimum_class_size=minimum_class_size
    )
    names = ["va_printed", "va_unshrunk", "va_joint", "se_joint"]
    without = found.value_added[["teacher_id", *names]]
    both = with_links[["teacher_id", "va_student"]].merge(without, on="teacher_id").dropna()
    return both.assign(subject=subject)[["teacher_id", "subject", "va_student", *names]], found
