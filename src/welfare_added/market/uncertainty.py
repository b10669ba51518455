"""The uncertainty of the estimates, carried through the market.

The published runs average over errors at one set of estimates. Here the market is simulated at
draws of the estimates too, with the same errors at every draw, so that gains have an interval.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from welfare_added.market.policies import STATUS_QUO
from welfare_added.market.policy_tables import paired, simulate_policies
from welfare_added.market.setting import MarketArrays
from welfare_added.market.simulate import Choices

LEVELS = (0.025, 0.975)
DECIMALS = 9
REPORTED = ("all_options", "principals_windows", "principals", "teachers", "both", "best")


def gains_by_draw(
    markets: Iterable[MarketArrays],
    choices: Choices,
    policies: Sequence[str] = REPORTED,
    threads: int = 1,
) -> pd.DataFrame:
    """Gains over the status quo in every run at every draw of the estimates.

    markets: one market a draw, in order. Columns: draw, run, policy, gain [student SD].
    """
    parts = []
    for draw, market in enumerate(markets):
        runs = simulate_policies(market, choices, (STATUS_QUO, *policies), threads)
        changes = paired(runs)[["run", "policy", "achievement"]]
        changes = changes[changes["policy"] != STATUS_QUO]
        parts.append(changes.rename(columns={"achievement": "gain"}).assign(draw=draw))
    return pd.concat(parts, ignore_index=True)[["draw", "run", "policy", "gain"]]


def uncertainty_table(at_estimates: pd.DataFrame, by_draw: pd.DataFrame) -> pd.DataFrame:
    """Intervals of gains from errors alone, from the estimates alone, and from both.

    Parameters
    ----------
    at_estimates
        Rows of `simulate_policies` at the estimates, the status quo among them: the runs of the
        draws, and more. What these runs' mean lacks there of that of all is added to the draws'.
    by_draw
        Rows of `gains_by_draw`.

    Returns
    -------
    DataFrame
        policy; source; gain, low and high (2.5th and 97.5th percentile), standard_error (standard
        deviation of what is drawn), draws (their number), share_negative, simulation_error.
        Sources: ``errors``, the gain of one run at the estimates; ``parameters``, the mean over
        runs at a draw, in which the number of runs leaves the simulation_error (a standard
        deviation), so that the interval is a little too wide; ``both``, the gain of one run at a
        draw.

    """
    changes = paired(at_estimates).rename(columns={"achievement": "gain"})
    rows = []
    for policy, drawn in by_draw.groupby("policy", sort=False):
        errors = changes.loc[changes["policy"] == policy, "gain"].to_numpy()
        gains = drawn.pivot(index="run", columns="draw", values="gain").to_numpy()
        means, left = gains.mean(axis=0), _left(gains)
        means = means + errors.mean() - errors[: len(gains)].mean()
        rows.append({"policy": policy, "source": "errors", **_spread(errors)})
        own = _spread(means) | {"simulation_error": np.sqrt(left)}
        rows.append({"policy": policy, "source": "parameters", **own})
        rows.append({"policy": policy, "source": "both", **_spread(drawn["gain"].to_numpy())})
    return pd.DataFrame(rows).round(DECIMALS)


def _left(gains: np.ndarray) -> float:
    """Variance that runs leave in differences between the draws' means; gains: (runs, draws).

    All draws have the same errors, so that only what draws and runs do together does not cancel.
    """
    runs, draws = gains.shape
    if draws < 2 or runs < 2:
        return 0.0
    together = gains - gains.mean(axis=0) - gains.mean(axis=1, keepdims=True) + gains.mean()
    return float((together**2).sum() / ((runs - 1) * (draws - 1)) / runs)


def _spread(values: np.ndarray) -> dict[str, float]:
    low, high = np.quantile(values, LEVELS)
    return {
        "gain": values.mean(),
        "low": low,
        "high": high,
        "standard_error": values.std(ddof=1) if len(values) > 1 else np.nan,
        "draws": len(values),
        "share_negative": float((values < 0).mean()),
    }
