"""The summary of estimates of value added, as text."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from welfare_added.api.estimation import EMPIRICAL_BAYES

if TYPE_CHECKING:
    from welfare_added.api.result import ValueAddedResult

LAGS = 5


def summary_of(result: "ValueAddedResult") -> str:
    """See `ValueAddedResult.summary`."""
    parts = [_head(result)]
    by_label = [
        {label: part for label, part in table.groupby(result.labels, sort=False, observed=True)}
        for table in (result.variances, result.counts, result.autocovariances, result.estimates)
    ]
    for label in by_label[0]:
        name = ", ".join(str(value) for value in label[:-1])
        group = "" if label[-1] == "all" else f", group {label[-1]}"
        tables = [table.get(label) for table in by_label]
        parts.append("\n".join([f"{name}{group}", *_lines(*tables)]))
    if len(result.dropped):
        names = ", ".join(result.dropped["control"].drop_duplicates())
        parts.append(f"Without a slope (constant or collinear): {names}")
    return "\n\n".join(parts)


def _head(result: "ValueAddedResult") -> str:
    choices = result.settings.choices
    if choices.estimator == EMPIRICAL_BAYES:
        return f"Empirical Bayes value added, teachers' share {choices.teacher_share:g}"
    limit = "no drift limit" if choices.drift_limit is None else f"lags to {choices.drift_limit}"
    years = "past" if choices.years_used == "past" else "all other"
    return f"Leave-year-out value added: {years} years, weights {choices.weighting}, {limit}"


def _lines(
    variances: pd.DataFrame,
    counts: pd.DataFrame,
    lags: pd.DataFrame | None,
    estimates: pd.DataFrame,
) -> list[str]:
    found, number = variances.iloc[0], counts.iloc[0]
    unused = {
        "without the outcome": number["without_outcome"],
        "without a control": number["without_control"],
        "in small classes": number["in_small_classes"],
    }
    left_out = ", ".join(f"{value:,} {why}" for why, value in unused.items() if value)
    rows = f"{number['rows']:,} rows{f' ({left_out})' if left_out else ''}"
    places = (
        f"{number['classes']:,} classes, {number['teachers']:,} teachers, "
        f"{number['teacher_years']:,} teacher-years"
    )
    va = estimates["va"]
    lines = [
        f"  {rows}; {places}",
        f"  SD of students {_root(found['v_student'])}, of class shocks {_root(found['v_class'])}, "
        f"of teachers {_root(found['c0'])}{_unidentified(found)}",
    ]
    if lags is not None and len(lags):
        first = lags.head(LAGS)
        lines.append(
            "  Covariance by lag: "
            + ", ".join(
                f"{lag} {_number(c)}"
                for lag, c in zip(first["lag"], first["covariance"], strict=True)
            )
        )
    lines.append(
        f"  {number['estimates']:,} estimates, SD {_number(va.std())}, "
        f"mean shrinkage {_number(estimates['shrinkage'].mean())}"
    )
    if number["improper"]:
        lines.append(
            f"  {number['improper']:,} of them may be far off: their autocovariances are those of "
            "no process. Set drift_limit to a lag with many pairs."
        )
    return lines


def _unidentified(found: pd.Series) -> str:
    if np.isnan(found["c0"]):
        return " (no teacher has two classes a year, so the last two are not told apart)"
    return " (a variance came out negative)" if min(found["v_class"], found["c0"]) < 0 else ""


def _root(variance: float) -> str:
    if np.isnan(variance):
        return "unknown"
    return _number(np.sign(variance) * np.sqrt(abs(variance))) if variance > 0 else "0"


def _number(value: float) -> str:
    return "unknown" if np.isnan(value) else f"{value:.3g}"
