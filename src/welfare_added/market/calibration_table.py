"""The synthetic state and platform beside every number that the paper prints of its inputs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.market import features
from welfare_added.market.season import MONTHS

DIGITS = 10
DAYS = ("mean", "p10", "p25", "p50", "p75", "p90", "sd")
# Numbers of inputs.yaml that nothing of the world answers.
NOT_COMPARED = {
    "counts.simulation_runs": "a choice of the simulation",
    "counts.draws_of_random_coefficients": "a choice of the estimation",
    "teacher_preferences.constant": "set so that the application rate is met",
    "principal_preferences.constant": "set so that the share of positive outcomes is met",
}
NOISE = "within two standard errors of zero in print: planted as zero"
SOURCES = {
    "counts.market_2016": "text 7.1",
    "counts.value_added": "table 1",
    "counts.schools": "table 3c",
    "counts.": "text 2.1, tables 3 and 4",
    "timing.schools_posting": "table 3c",
    "timing.median": "figure 3",
    "timing.mean_age": "text 4.2",
    "timing.last": "text 4.2, feature 8",
    "timing.applications_": "table 3b",
    "timing.": "table 3a",
    "outcomes_of": "table 4b",
    "outcomes.": "table 4a",
    "days_": "table 4c",
    "schools.": "figure 2, table 2, table 3a",
    "value_added.": "text 3.2",
    "teacher_": "table 5",
    "principal_": "table 6",
    "applicants.": "table 3b over 3a",
}


@dataclass(frozen=True)
class Made:
    """What was made of the synthetic world, for comparison.

    Attributes
    ----------
    tables
        By name: timing, posting_months, outcomes, outcome_days, stock_flow, class_size_bins,
        text_numbers of the platform in its observed windows.
    market
        Applicants of the studied cycle with value added, and its positions.
    teachers, schools
        Of records.
    value_added
        True value added of teachers in the years they teach: mu_0, mu_1.
    planted
        Teachers' planted preferences by name.
    principals
        Principals' planted preferences by name.

    """

    tables: Mapping[str, pd.DataFrame]
    market: tuple[int, int]
    teachers: pd.DataFrame
    schools: pd.DataFrame
    value_added: pd.DataFrame
    planted: Mapping[str, float]
    principals: Mapping[str, float]


def calibration_table(inputs: Mapping, made: Made) -> pd.DataFrame:
    """Compare the world with every number of calibration/inputs.yaml.

    Returns
    -------
    DataFrame
        quantity (dotted path), target, achieved, ratio (achieved over target; missing where the
        target is zero), source, reason (why a line is not compared; empty otherwise).

    Raises
    ------
    ValueError
        If inputs.yaml has a number that is neither answered nor excused.

    """
    lines = printed(inputs)
    achieved = {**_counts(made), **_timing(made), **outcome_lines(made.tables), **_schools(made)}
    achieved |= _preferences(inputs, made)
    reasons = {**NOT_COMPARED, **_noise(inputs, made)}
    missing = [name for name in lines if name not in achieved and name not in reasons]
    if missing:
        raise ValueError(f"inputs.yaml: nothing to compare with {', '.join(missing)}")
    rows = []
    for name, target in lines.items():
        value = np.nan if name in reasons else float(f"{achieved[name]:.{DIGITS}g}")
        ratio = float(f"{value / target:.{DIGITS}g}") if target else np.nan
        source = next(text for start, text in SOURCES.items() if name.startswith(start))
        rows.append((name, target, value, ratio, source, reasons.get(name, "")))
    columns = ["quantity", "target", "achieved", "ratio", "source", "reason"]
    return pd.DataFrame(rows, columns=columns)


def lines_within(table: pd.DataFrame, share: float) -> tuple[int, int]:
    """Lines of `calibration_table` within a share of the target, and all that have a ratio."""
    ratio = table["ratio"].dropna()
    return int(((ratio - 1).abs() <= share).sum()), len(ratio)


def _lines(content: Mapping, prefix: str) -> Iterator[tuple[str, float]]:
    """Numbers of inputs.yaml; of an estimate with its standard error, the estimate."""
    for key, value in content.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _lines(value, f"{path}.")
        elif isinstance(value, list) and "_preferences." in path:
            yield path, float(value[0])
        elif isinstance(value, list) and not isinstance(value[0], str):
            names = _names(path, len(value))
            yield from (
                (f"{path}.{name}", float(one)) for name, one in zip(names, value, strict=True)
            )
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield path, float(value)


def _names(path: str, number: int) -> tuple:
    if path.startswith("timing."):
        return MONTHS
    return DAYS if path.startswith("days_") else tuple(range(1, number + 1))


def _counts(made: Made) -> dict[str, float]:
    text = made.tables["text_numbers"].set_index("name")["value"]
    ever = made.teachers.groupby("teacher_id")["year"].nunique()
    applications, positions = text["applications"], text["positions"]
    return {
        "counts.years_of_applications.1": text["first_year"],
        "counts.years_of_applications.2": text["last_year"],
        "counts.applications_text": applications,
        "counts.applications": applications,
        "counts.applications_by_month_total": applications,
        "counts.positions": positions,
        "counts.pairs_in_choice_sets": text["pairs"],
        "counts.application_rate_of_pairs": text["application_rate"],
        "counts.applications_per_position": applications / positions,
        "counts.schools_that_post": text["schools_posting"],
        "counts.market_2016.teachers": made.market[0],
        "counts.market_2016.positions": made.market[1],
        "counts.value_added_teacher_years": (ever - 1).sum(),
        "counts.value_added_teachers": (ever > 1).sum(),
    }


def _timing(made: Made) -> dict[str, float]:
    of_group = made.tables["timing"].set_index(["group", "month"])
    found = {}
    for group, count, title1 in (
        ("vacancies", "vacancies", "vacancy_share_title1"),
        ("applications", "applications", "application_share_title1"),
        ("hires", "hires", "hire_share_title1"),
        ("with_value_added", "applications_with_value_added", None),
        ("above_median", "applications_above_median_value_added", None),
        ("top_decile", "applications_top_decile_value_added", None),
    ):
        for month in MONTHS:
            found[f"timing.{count}.{month}"] = of_group.loc[(group, month), "count"]
            if title1:
                found[f"timing.{title1}.{month}"] = of_group.loc[(group, month), "share_title1"]
    found |= posting_lines(made.tables["posting_months"])
    panel = made.tables["stock_flow"].set_index(["panel", "statistic"])["value"]
    for name in ("stock", "flow"):
        found[f"timing.median_wait_days.{name}"] = panel[name, "wait_median"]
    found["timing.mean_age_of_vacancy_on_first_day"] = panel["stock", "age_mean"]
    for name, month in (("april_or_before", "april"), ("may", "may"), ("june", "june")):
        found[f"timing.last_application_share.{name}"] = panel["stop", month]
    counts = of_group["count"]
    share = counts["with_value_added"].sum() / max(counts["applications"].sum(), 1)
    return {**found, "applicants.share_of_applications_with_value_added": share}


def printed(inputs: Mapping) -> dict[str, float]:
    """Every number of calibration/inputs.yaml by dotted path."""
    return dict(_lines(inputs, ""))


def posting_lines(posting_months: pd.DataFrame) -> dict[str, float]:
    """Lines of table 3c, of the table posting_months."""
    posts = posting_months.set_index(["posts_april", "posts_july"])["schools"]
    cells = {"no_no": (0, 0), "no_yes": (0, 1), "yes_no": (1, 0), "yes_yes": (1, 1)}
    name = "timing.schools_posting_april_by_july"
    return {f"{name}.{cell}": posts[place] for cell, place in cells.items()}


def outcome_lines(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Lines of tables 4a to 4c, of the tables outcomes and outcome_days."""
    counts = tables["outcomes"].set_index(["level", "outcome"])["count"]
    found = {f"outcomes.{name}": count for name, count in counts["application"].items()}
    found |= {f"outcomes_of_positions.{name}": n for name, n in counts["position"].items()}
    days = tables["outcome_days"].set_index("group")
    for group in days.index:
        for name in DAYS:
            found[f"days_to_hired_application.{group}.{name}"] = days.loc[group, name]
    return found


def _schools(made: Made) -> dict[str, float]:
    text = made.tables["text_numbers"].set_index("name")["value"]
    own = made.schools[made.schools["in_market"].to_numpy(bool)]
    not_disadvantaged = 1 - np.average(own["share_disadvantaged"], weights=own["students"])
    timing = made.tables["timing"]
    posted = timing[timing["group"] == "vacancies"]
    title1 = (posted["count"] * posted["share_title1"].fillna(0)).sum() / posted["count"].sum()
    sd = made.value_added[["mu_0", "mu_1"]].std()
    return {
        "schools.share_of_sample_in_schools_all_disadvantaged": text[
            "share_schools_all_disadvantaged"
        ],
        "schools.share_students_not_disadvantaged": not_disadvantaged,
        "schools.title1_share_of_vacancies": title1,
        "value_added.sd": sd.mean(),
        "value_added.correlation": made.value_added[["mu_0", "mu_1"]].corr().iloc[0, 1],
    }


def _preferences(inputs: Mapping, made: Made) -> dict[str, float]:
    """Planted preferences under their names in inputs.yaml."""
    found = {f"teacher_preferences.{name}": value for name, value in made.planted.items()}
    for name in inputs["teacher_preferences"]["means"]:
        planted = made.planted.get(f"mean_{name}", 0.0)
        found[f"teacher_preferences.means.{name}"] = planted
    found |= {f"principal_preferences.{name}": v for name, v in made.principals.items()}
    return found


def _noise(inputs: Mapping, made: Made) -> dict[str, str]:
    """Means of choice sets that are printed and planted as zero."""
    means = inputs["teacher_preferences"]["means"]
    zero = [name for name in means if not made.planted.get(f"mean_{name}", 0.0)]
    unknown = set(made.planted) - {*features.PAIR, *features.TEACHER, *features.MEANS}
    if unknown - set(features.SPREADS):
        raise ValueError(f"parameters.yaml: {', '.join(sorted(unknown))} is no preference")
    return {f"teacher_preferences.means.{name}": NOISE for name in zero}
