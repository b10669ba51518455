"""Sensitivity of the estimates to choices that the paper leaves open."""

import logging
from collections.abc import Iterable

import pandas as pd
import pyarrow as pa

from welfare_added.value_added.class_sums import collect
from welfare_added.value_added.estimate import estimate_from

COLUMNS = [
    *("choice", "setting", "subject", "teacher_years", "sd_lower", "sd_higher", "correlation"),
    *("with_default_lower", "with_default_higher"),
]
SETTINGS = {
    "absorb": ("teacher", "teacher_group", "none"),
    "years_used": ("all", "past"),
    "weighting": ("precision", "equal"),
    "drift_limit": (None, 3, 7, 10),
}
log = logging.getLogger(__name__)


def variants(
    batches: Iterable[pa.Table], *, minimum_class_size: int, threads: int = 1, **choices: object
) -> pd.DataFrame:
    """Estimate with one choice changed at a time, and compare with the configured estimates.

    Parameters
    ----------
    batches, minimum_class_size, threads
        As in `estimate_value_added`.
    choices
        As in `estimate_from`.

    Returns
    -------
    DataFrame
        choice, setting, subject, teacher_years, sd_lower, sd_higher [student SD], correlation
        (between the groups), with_default_lower, with_default_higher (correlations with the
        configured estimates). Of the choices, only the absorbed effects concern empirical Bayes.

    """
    sums = collect(batches, minimum_class_size, threads)
    choices["threads"] = threads
    default = estimate_from(sums, **choices).estimates
    rows = _describe("default", "", default, default)
    for choice, settings in SETTINGS.items():
        if choice != "absorb" and choices["estimator"] == "empirical_bayes":
            log.info("%s does not affect empirical Bayes estimates: not varied", choice)
            continue
        for setting in settings:
            if setting != choices[choice]:
                log.info("estimating with %s: %s", choice, setting)
                changed = estimate_from(sums, **{**choices, choice: setting})
                label = "none" if setting is None else str(setting)
                rows += _describe(choice, label, changed.estimates, default)
    return pd.DataFrame(rows, columns=COLUMNS)


def _describe(choice: str, setting: str, estimates: pd.DataFrame, default: pd.DataFrame) -> list:
    rows = []
    keys = ["subject", "teacher_id", "year"]
    both = estimates.drop_duplicates(keys).merge(
        default.drop_duplicates(keys), on=keys, suffixes=("", "_default")
    )
    for subject, table in both.groupby("subject", sort=True):
        lower, higher = table["va_lower"], table["va_higher"]
        with_default = [
            table[f"va_{group}"].corr(table[f"va_{group}_default"]) for group in ("lower", "higher")
        ]
        spread = (lower.std(), higher.std(), lower.corr(higher))
        rows.append((choice, setting, subject, len(table), *spread, *with_default))
    return rows
