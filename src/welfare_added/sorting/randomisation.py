"""Randomisation of regimes within matched sets of districts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.sorting.matching import Matches
from welfare_added.sorting.panel import INDIVIDUAL, SCHEDULE

ROUNDING = 1e-9  # relative difference of statistics that counts as a tie


@dataclass(frozen=True)
class Randomisation:
    """A statistic under its regimes, its values under others, and the share at least as far from 0.

    observed; drawn: (R,); p: (1 + number as far) / (R + 1); sets: matched sets.
    """

    observed: float
    drawn: np.ndarray
    p: float
    sets: int

    def tidy(self) -> pd.DataFrame:
        """One row: observed, p, replications, sets, and quantiles 0.025 and 0.975 of the values."""
        low, high = np.quantile(self.drawn, [0.025, 0.975])
        row = (self.observed, self.p, len(self.drawn), self.sets, low, high)
        names = ["observed", "p", "replications", "sets", "low", "high"]
        return pd.DataFrame([row], columns=names)


def randomise_regimes(
    matches: Matches,
    statistic: Callable[[dict[str, str]], float],
    *,
    replications: int,
    seed: int,
) -> Randomisation:
    """Compare a statistic with its values under exchanged regimes.

    A set is a schedule district with all individual-salary districts that are matched to it. In
    each draw one of its members, with equal chances, has the schedule. Under the hypothesis that
    regimes change nothing and are as good as random within sets, p is exact.

    Parameters
    ----------
    matches
        From `matching`.
    statistic
        Function of regimes (IS or SS by district_id) of all districts of the matched sample, such
        as a difference-in-differences coefficient.
    replications, seed
        Of the draws.

    Raises
    ------
    UserError
        If there are no replications.

    """
    if replications < 1:
        raise UserError("randomisation: want one replication or more")
    sets = [
        (control, sorted(part["district_id"]))
        for control, part in matches.pairs.groupby("matched_id", sort=True)
    ]
    own = {name: INDIVIDUAL for _, members in sets for name in members}
    own |= {control: SCHEDULE for control, _ in sets}
    observed = float(statistic(own))
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    drawn = np.empty(replications)
    for number in range(replications):
        regimes = dict.fromkeys(own, INDIVIDUAL)
        for control, members in sets:
            everyone = [control, *members]
            regimes[everyone[int(rng.integers(len(everyone)))]] = SCHEDULE
        drawn[number] = statistic(regimes)
    far = np.abs(drawn) >= abs(observed) * (1 - ROUNDING)
    return Randomisation(observed, drawn, float((1 + far.sum()) / (replications + 1)), len(sets))
