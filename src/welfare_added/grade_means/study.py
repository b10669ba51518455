"""Value added of a state's teachers, with errors of the variances and the truth beside it."""

import logging
from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.grade_means.cells import teacher_shares
from welfare_added.grade_means.estimate import EstimationChoices
from welfare_added.grade_means.moments import estimate_variances
from welfare_added.grade_means.printed import PrintedChoices
from welfare_added.grade_means.samples import sample_of

log = logging.getLogger(__name__)
ESTIMATORS = ("va_printed", "va_joint")


def estimation_choices(chosen: Mapping) -> EstimationChoices:
    """Choices from section ``grade_means`` of a run's configuration; other keys do not count."""
    levels = {name: range(first, last + 1) for name, (first, last) in chosen["levels"].items()}
    return EstimationChoices(
        subjects=tuple(chosen["subjects"]),
        levels={name: tuple(grades) for name, grades in levels.items()},
        years=tuple(chosen["years"]),
        share=chosen["share"],
        noise=chosen["noise"],
        printed=PrintedChoices(**chosen["printed"]),
    )


def jackknife_errors(
    cells: pd.DataFrame,
    composition: pd.DataFrame,
    links: pd.DataFrame,
    choices: EstimationChoices,
    groups: int,
) -> pd.DataFrame:
    """Standard errors of the joint estimator's SD of effects, by leaving out groups of districts.

    Parameters
    ----------
    cells, composition, links, choices
        As in `estimate_grade_means`; cells have district_id.
    groups
        G groups of districts, in the order of their identifiers: every G-th is in the same. With
        fewer districts than that, each is a group of its own.

    Returns
    -------
    DataFrame
        level, subject, standard_error: the root of (G - 1) / G times the sum of squared deviations
        of the G estimates from their mean; missing where one of them has no variance of effects.

    """
    codes, districts = pd.factorize(cells["district_id"], sort=True)
    groups = min(groups, len(districts))
    number = codes % groups
    rows = []
    for level, grades in choices.levels.items():
        for subject in choices.subjects:
            spreads = []
            for group in range(groups):
                sample = sample_of(
                    *(cells[number != group], composition, links),
                    subject=subject,
                    grades=grades,
                    years=choices.years,
                )
                shares = teacher_shares(sample.cells, choices.share)
                variance = estimate_variances(sample.cells, shares, choices.noise).teacher
                spreads.append(np.sqrt(variance) if variance > 0 else np.nan)
            apart = np.array(spreads) - np.mean(spreads)
            error = float(np.sqrt((groups - 1) / groups * (apart @ apart)))
            rows.append((level, subject, error))
    return pd.DataFrame(rows, columns=["level", "subject", "standard_error"])


def against_truth(value_added: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Planted effects regressed on estimates, by level, subject and estimator.

    Parameters
    ----------
    value_added
        From `estimate_grade_means`.
    truth
        teacher_id and a column of planted effects for each subject.

    Returns
    -------
    DataFrame
        level, subject, estimator, teachers, slope, standard_error (robust, HC1), correlation,
        sd_truth, sd_estimate. Of the joint estimator teachers who are compared at all.

    """
    rows = []
    own = value_added.merge(truth, on="teacher_id", how="inner", validate="many_to_one")
    for (level, subject), part in own.groupby(["level", "subject"], sort=False):
        for estimator in ESTIMATORS:
            known = part.dropna(subset=[estimator])
            if estimator == "va_joint":
                known = known[known["compared"]]
            x, y = known[estimator].to_numpy(), known[subject].to_numpy()
            if len(x) < 3 or not np.ptp(x) > 0:
                log.warning("%s, %s: %s does not vary", level, subject, estimator)
                continue
            rows.append((level, subject, estimator, len(x), *_slope(x, y), y.std(), x.std()))
    names = ["level", "subject", "estimator", "teachers", "slope", "standard_error"]
    names += ["correlation", "sd_truth", "sd_estimate"]
    return pd.DataFrame(rows, columns=names)


def component_counts(components: pd.DataFrame) -> pd.DataFrame:
    """Connected sets by subject and level.

    components: of `GradeMeansEstimates`. Returns subject, level, components, teachers, contrasts
    (identified), largest (teachers of the largest set).
    """
    return (
        components.groupby(["subject", "level"], sort=False)
        .agg(
            components=("component", "size"),
            teachers=("teachers", "sum"),
            contrasts=("rank", "sum"),
            largest=("teachers", "max"),
        )
        .reset_index()
    )


def _slope(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """Slope of y on x with its robust error, and their correlation."""
    apart = x - x.mean()
    square = apart @ apart
    slope = apart @ y / square
    residual = y - y.mean() - slope * apart
    error = np.sqrt(len(x) / (len(x) - 2) * ((apart * residual) ** 2).sum()) / square
    return float(slope), float(error), float(np.corrcoef(x, y)[0, 1])
