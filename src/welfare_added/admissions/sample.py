"""What every regression of minority status asks of its applicants; how its numbers are kept."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError


def applicants_of(
    applicants: pd.DataFrame, years: Sequence[int], high: float | None = None
) -> pd.DataFrame:
    """Applicants of the first to the last of some years, with a score of ``high`` or more."""
    chosen = applicants["application_year"].between(*years)
    return applicants[chosen if high is None else chosen & (applicants["composite_score"] >= high)]


def check_outcome(outcome: np.ndarray, name: str = "minority") -> np.ndarray:
    """The outcome (n,) as float; raises UserError unless it is 0 or 1 and takes both values."""
    values = np.asarray(outcome, dtype=float)
    other = values[~np.isin(values, (0, 1))]
    if len(other):
        examples = ", ".join(f"{value:g}" for value in np.unique(other)[:3])
        raise UserError(
            f"{name}: {len(other):,} of {len(values):,} applicants are neither 0 nor 1 ({examples})"
        )
    if values.size == 0 or np.ptp(values) == 0:
        raise UserError(
            f"{name}: all {len(values):,} applicants have the same value, so nothing can predict "
            "it. Use a sample with both."
        )
    return values


def check_inputs(inputs: pd.DataFrame, applicants: int) -> np.ndarray:
    """Columns (n, p) as float; raises UserError on missing values or another number of rows."""
    if len(inputs) != applicants:
        raise UserError(f"{len(inputs):,} rows of inputs for {applicants:,} applicants")
    values = inputs.to_numpy(dtype=float)
    missing = (~np.isfinite(values)).sum(axis=0)
    if missing.any():
        worst = [f"{inputs.columns[j]} ({missing[j]:,})" for j in np.flatnonzero(missing)[:3]]
        raise UserError(
            f"inputs: {np.count_nonzero(missing)} columns lack values of some of the "
            f"{applicants:,} applicants: {', '.join(worst)}. Leave out these applicants, or these "
            "columns."
        )
    return values


def significant(values: np.ndarray | float, digits: int = 10) -> np.ndarray:
    """Round to significant digits, well above the noise of linear algebra; no negative zeros."""
    return np.vectorize(lambda value: float(f"{value:.{digits}g}"), otypes=[float])(values) + 0.0
