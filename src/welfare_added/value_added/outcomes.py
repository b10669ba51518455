"""Value added and later outcomes (appendix D, eq. 29, figure D.7)."""

import logging

import numpy as np
import pandas as pd
import statsmodels.api as sm

from welfare_added.value_added.controls import control_vector
from welfare_added.value_added.residuals import partialled

SUBJECTS = ("ela", "math")
OUTCOMES = (
    "graduated_high_school",
    "two_year_college",
    "four_year_college",
    "any_college",
    "bachelors_in_six_years",
)
COLUMNS = [
    *("outcome", "measure", "coefficient", "standard_error"),
    *("per_teacher_sd", "per_teacher_sd_error", "observations", "freedom"),
]
log = logging.getLogger(__name__)


def with_any_college(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Add ``any_college``, known where both kinds of college are."""
    colleges = outcomes[["two_year_college", "four_year_college"]]
    return outcomes.assign(any_college=colleges.max(axis=1, skipna=False))


def later_outcomes(
    students: pd.DataFrame, estimates: pd.DataFrame, outcomes: pd.DataFrame, *, estimator: str
) -> pd.DataFrame:
    """Regress later outcomes on value added and the controls of section 3.2.

    One row a student, year and subject; controls (means of classes and schools over the whole
    sample) and an indicator of the group enter separately for each subject. The two-group measures
    are value added on the student's own group, the one on lower-scoring students for them and the
    one on higher-scoring students for the others.

    Returns
    -------
    DataFrame
        outcome, measure (standard|lower|higher), coefficient [share per student SD of value
        added], standard_error (clustered by teacher), per_teacher_sd (coefficient times the SD of
        the measure over student-years), per_teacher_sd_error, observations, freedom (degrees of,
        left over by measures and controls). No rows when no outcomes are known.

    """
    if outcomes.empty:
        log.info("no later outcomes are known: the table has no rows")
        return pd.DataFrame(columns=COLUMNS)
    if estimator == "empirical_bayes":
        log.warning("empirical Bayes estimates hold the students' own scores: read with care")
    known = with_any_college(outcomes)
    controls = control_vector(students).matrix
    table = students.assign(row=np.arange(len(students))).merge(known, on="student_id")
    rows = []
    for known_together in _same_students(table):
        seen = table[table[known_together[0]].notna()].reset_index(drop=True)
        rows += _rows(known_together, seen, estimates, controls)
    found = pd.DataFrame(rows, columns=COLUMNS)
    order = found["outcome"].map(OUTCOMES.index)
    return found.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def _same_students(table: pd.DataFrame) -> list[list[str]]:
    """Outcomes that are known of the same students can share their controls."""
    patterns: dict[bytes, list[str]] = {}
    for outcome in OUTCOMES:
        known = table[outcome].notna().to_numpy()
        if known.any():
            patterns.setdefault(known.tobytes(), []).append(outcome)
    return list(patterns.values())


def _rows(
    outcomes: list[str], seen: pd.DataFrame, estimates: pd.DataFrame, controls: np.ndarray
) -> list[tuple]:
    """Both regressions of each outcome; controls are partialled out (Frisch, Waugh, Lovell)."""
    parts = [_partialled(outcomes, seen, estimates, controls, subject) for subject in SUBJECTS]
    stacked = pd.concat(parts, ignore_index=True)
    clusters = pd.factorize(stacked["teacher_id"])[0]
    if stacked.empty or clusters.max() < 1:
        return []
    # Both subjects' controls, constants and indicators of the group.
    free = len(stacked) - len(SUBJECTS) * (controls.shape[1] + 2)
    rows = []
    for outcome in outcomes:
        for measures in (["standard"], ["lower", "higher"]):
            model = sm.OLS(stacked[outcome].to_numpy(), stacked[measures].to_numpy())
            found = model.fit(cov_type="cluster", cov_kwds={"groups": clusters})
            for k, measure in enumerate(measures):
                sd = stacked[f"va_{measure}"].std()
                slope, error = float(found.params[k]), float(found.bse[k])
                effect = (slope, error, slope * sd, error * sd)
                rows.append((outcome, measure, *effect, len(stacked), free - len(measures)))
    return rows


def _partialled(
    outcomes: list[str],
    seen: pd.DataFrame,
    estimates: pd.DataFrame,
    controls: np.ndarray,
    subject: str,
) -> pd.DataFrame:
    """Outcomes and measures of one subject's rows, net of its controls."""
    own = estimates[estimates["subject"] == subject].drop_duplicates(["teacher_id", "year"])
    joined = seen.merge(
        own[["teacher_id", "year", "va_standard", "va_lower", "va_higher"]],
        on=["teacher_id", "year"],
    )
    lower = joined[f"lower_{subject}"].to_numpy(float)
    measures = {outcome: joined[outcome].to_numpy(float) for outcome in outcomes} | {
        "standard": joined["va_standard"].to_numpy(),
        "lower": joined["va_lower"].to_numpy() * lower,
        "higher": joined["va_higher"].to_numpy() * (1 - lower),
    }
    own_controls = np.column_stack([controls[joined["row"]], lower])
    p = own_controls.shape[1]
    columns = np.column_stack([own_controls, *measures.values()])
    left = partialled(columns, list(range(p, columns.shape[1])), list(range(p)))
    left = dict(zip(measures, left.T, strict=True))
    own_group = {
        "va_standard": joined["va_standard"],
        "va_lower": joined["va_lower"].where(lower == 1),
        "va_higher": joined["va_higher"].where(lower == 0),
    }
    return pd.DataFrame({"teacher_id": joined["teacher_id"], **left, **own_group})
