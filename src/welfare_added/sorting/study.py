"""Panel, samples of districts and their characteristics, as all tables of a study take them."""

from collections.abc import Mapping

import pandas as pd

from welfare_added.sorting.district_years import JUNIOR, SENIOR, district_years
from welfare_added.sorting.matching import (
    Matches,
    district_means,
    match_mahalanobis,
    match_propensity,
)
from welfare_added.sorting.panel import REGIMES, one_value_added, prepare

NAMES = {  # of characteristics, in the tables; those of `district_years`
    "property_value": "property_value_per_pupil",
    **{name: name.lower() for name in ("BA", "MA", "PhD")},
    JUNIOR: "salary_experience_5_or_less",
    SENIOR: "salary_experience_over_20",
    **{f"score_{subject}": subject for subject in ("math", "reading")},
}
PERCENT = {"black": "black_percent", "disadvantaged": "disadvantaged_percent"}
CHARACTERISTICS = (
    *("urban", "suburban", "property_value_per_pupil", "enrolment", "black_percent"),
    *("disadvantaged_percent", "math", "reading", "experience", "ba", "ma", "phd", "value_added"),
    *("salary", "salary_experience_5_or_less", "salary_experience_over_20"),
)
DECIMALS = 8  # of log salaries, which are kept: the last digit depends on the machine's logarithm
METRICS = {"mahalanobis": match_mahalanobis, "propensity": match_propensity}


def study_panel(
    teacher_years: pd.DataFrame,
    value_added: pd.DataFrame,
    *,
    first_post_year: int,
    class_years: float,
    outcome: str,
    regressor: str,
    limit: float,
) -> pd.DataFrame:
    """Teacher-years of all districts with both measures of value added.

    Parameters
    ----------
    teacher_years, value_added
        From `pay.prepare` and `estimate_grade_means`.
    first_post_year, class_years
        As in `panel.prepare`.
    outcome, regressor
        Columns of value_added where it is an outcome, and where it explains salaries.
    limit
        SDs beyond which a teacher has no value added, in either.

    Returns
    -------
    DataFrame
        As from `panel.prepare`, districts without a handbook included, log_salary rounded, and
        value_added with weight (the outcome's), quality (the regressor); missing for teachers
        without.

    """
    panel = prepare(
        teacher_years,
        first_post_year=first_post_year,
        class_years=class_years,
        without_handbook=True,
    )
    panel["log_salary"] = panel["log_salary"].round(DECIMALS)
    own = one_value_added(value_added, outcome, limit=limit)
    quality = one_value_added(value_added, regressor, limit=limit)[["teacher_id", "value_added"]]
    quality = quality.rename(columns={"value_added": "quality"})
    for table in (own, quality):
        panel = panel.merge(table, on="teacher_id", how="left", validate="many_to_one")
    return panel


def with_handbook(panel: pd.DataFrame) -> pd.DataFrame:
    """Rows of districts of either regime."""
    return panel[panel["regime"].isin(REGIMES)].reset_index(drop=True)


def with_outcome(panel: pd.DataFrame) -> pd.DataFrame:
    """Rows with value_added, the outcome, and its weight."""
    return panel.dropna(subset=["value_added"]).reset_index(drop=True)


def with_quality(panel: pd.DataFrame) -> pd.DataFrame:
    """Rows with value_added as what explains salaries."""
    rows = panel.dropna(subset=["quality"]).drop(columns=["value_added", "weight"])
    return rows.rename(columns={"quality": "value_added"}).reset_index(drop=True)


def characteristics(
    districts: pd.DataFrame,
    cells: pd.DataFrame,
    panel: pd.DataFrame,
    *,
    junior: float,
    senior: float,
    years: tuple[int, int],
) -> pd.DataFrame:
    """One row a district and year from the first to the last, with `CHARACTERISTICS`.

    Parameters
    ----------
    districts, cells
        From `pay.prepare`.
    panel
        From `study_panel`; mean value added is of quality.
    junior, senior
        As in `district_years`.
    years
        First and last.

    Returns
    -------
    DataFrame
        district_id, year, regime and `CHARACTERISTICS`; shares of pupils in percent.

    """
    one = panel.dropna(subset=["quality"]).drop_duplicates("teacher_id")
    rows = district_years(
        districts[districts["year"].between(*years)],
        panel,
        junior=junior,
        senior=senior,
        cells=cells,
        value_added=one[["teacher_id", "quality"]].rename(columns={"quality": "value_added"}),
    ).rename(columns=NAMES)
    rows = rows.assign(**{name: 100 * rows[of] for of, name in PERCENT.items()})
    return rows[["district_id", "year", "regime", *CHARACTERISTICS]]


def matched_samples(
    rows: pd.DataFrame, samples: Mapping[str, Mapping], years: tuple[int, int]
) -> dict[str, Matches]:
    """Matches by name of the sample.

    Parameters
    ----------
    rows
        From `characteristics`.
    samples
        metric (of `METRICS`) and covariates by name.
    years
        Of districts' means.

    """
    made = {}
    for name, chosen in samples.items():
        means = district_means(rows, chosen["covariates"], years)
        made[name] = METRICS[chosen["metric"]](means, chosen["covariates"])
    return made


def sample_weights(matches: pd.DataFrame, weights: str) -> dict[str, dict[str, float]]:
    """Weight of districts by name of the sample; matches: pairs of each, with column sample."""
    return {
        name: Matches(pairs, ()).sample(weights)
        for name, pairs in matches.groupby("sample", sort=False)
    }
