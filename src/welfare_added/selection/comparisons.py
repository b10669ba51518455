"""Chains side by side: likelihoods of the lists on planted truth, and orders of the sweep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.selection.diagnostics import diagnose

# How the names of what lists tell of begin.
OF_LISTS = (
    *("demand", "sd phi", "sd eta_v"),
    *("correlation theta phi", "correlation eta_y eta_v", "correlation eta_u eta_v"),
)


@dataclass(frozen=True)
class SavedDraws:
    """Kept draws of chains.

    Attributes
    ----------
    names
        Of the parameters, as `parameters.parameter_names` gives them.
    draws
        (chains, draws, parameters).
    thin
        Sweeps between two draws.
    seconds
        Processor seconds of a sweep; NaN if not measured.

    """

    names: Sequence[str]
    draws: np.ndarray = field(repr=False)
    thin: int = 1
    seconds: float = np.nan

    def __post_init__(self) -> None:
        """Refuse draws that do not fit the names."""
        if self.draws.ndim != 3 or self.draws.shape[2] != len(self.names):
            raise UserError(
                f"draws: shape {self.draws.shape}, want chains, draws and {len(self.names)} "
                "parameters"
            )


def likelihood_table(
    runs: Mapping[str, SavedDraws],
    truth: Mapping[str, float],
    begins: Sequence[str] = OF_LISTS,
) -> pd.DataFrame:
    """Posteriors under several likelihoods of the lists beside the planted values.

    Parameters
    ----------
    runs
        Draws by likelihood (`positive`, `order`, `full`), of one synthetic system.
    truth
        Planted values by parameter (`transfers.planted_values`); a parameter without one is NaN.
    begins
        How the names of the parameters that are shown begin.

    Returns
    -------
    DataFrame
        rankings, parameter, mean, sd, q05, q95, truth, z ((mean - truth) / sd), covered (whether
        truth is between q05 and q95; missing without a truth), bulk (effective draws); by
        parameter in the order of the first likelihood that has it.

    """
    rows = []
    for rankings, run in runs.items():
        for j, name in enumerate(run.names):
            if name.startswith(tuple(begins)):
                rows.append(_beside_truth(rankings, name, run.draws[:, :, j], truth))
    return _by_parameter(rows)


def mixing_table(runs: Mapping[str, SavedDraws]) -> pd.DataFrame:
    """Effective draws of chains that differ in their sweep, by parameter.

    Parameters
    ----------
    runs
        Draws by the sweep's name (`collapsed`, `published`), of one system.

    Returns
    -------
    DataFrame
        order, parameter, r_hat, bulk_1000 and tail_1000 (effective draws of bulk and tails in 1,000
        sweeps), bulk_a_second (of the processor); by parameter in the order of the first run.

    """
    rows = []
    for order, run in runs.items():
        chains, kept, _ = run.draws.shape
        share = 1000 / (chains * kept * run.thin)
        for j, name in enumerate(run.names):
            found = diagnose(run.draws[:, :, j])
            rows.append(
                {
                    "order": order,
                    "parameter": name,
                    "r_hat": found.r_hat,
                    "bulk_1000": found.bulk * share,
                    "tail_1000": found.tail * share,
                    "bulk_a_second": found.bulk * share / (1000 * run.seconds),
                }
            )
    return _by_parameter(rows)


def _by_parameter(rows):
    """Rows in the order in which their parameters first come."""
    table = pd.DataFrame(rows)
    place = pd.factorize(table["parameter"])[0]
    return table.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def _beside_truth(rankings, name, values, truth):
    low, high = np.quantile(values, [0.05, 0.95])
    mean, sd, right = values.mean(), values.std(ddof=1), truth.get(name, np.nan)
    return {
        "rankings": rankings,
        "parameter": name,
        "mean": mean,
        "sd": sd,
        "q05": low,
        "q95": high,
        "truth": right,
        "z": (mean - right) / sd,
        "covered": bool(low <= right <= high) if np.isfinite(right) else None,
        "bulk": diagnose(values).bulk,
    }
