"""Two districts, one of which starts to pay for quality, and an outside market (appendix C).

District A pays alpha w + beta theta, district B pays w, the outside market pays gamma w + lambda
theta to a teacher of quality theta, which is normal. Before the change both districts pay w.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from welfare_added.run.errors import UserError

MOVE, EXIT, STAY = "move", "exit", "stay"


@dataclass(frozen=True)
class Roy:
    """Parameters of the model; wage, mean, sd and moving_cost in the same unit.

    alpha, beta: of district A's salary, between 0 and 1; gamma, slope_outside (the paper's
    lambda), moving_cost: of the extension with an outside market.
    """

    wage: float
    alpha: float
    beta: float
    mean: float
    sd: float
    gamma: float = np.nan
    slope_outside: float = np.nan
    moving_cost: float = 0.0

    def __post_init__(self):
        """Refuse parameters outside the paper's assumptions."""
        if not (0 < self.alpha < 1 and 0 < self.beta < 1 and self.sd > 0 and self.wage > 0):
            raise UserError("Roy model: want 0 < alpha < 1, 0 < beta < 1, sd > 0 and wage > 0")
        if not np.isnan(self.gamma) and not (self.slope_outside > 0 and self.moving_cost >= 0):
            raise UserError("Roy model: want slope_outside > 0 and moving_cost >= 0")

    @property
    def kappa(self) -> float:
        """Quality at which A and B pay the same, in SDs from the mean."""
        return ((1 - self.alpha) * self.wage / self.beta - self.mean) / self.sd

    def movers(self) -> dict[str, float]:
        """Shares that move, and their mean qualities, without an outside market (eqs. 18 to 21).

        Keys share_ab, share_ba, quality_ab, quality_ba.
        """
        low, high = stats.norm.cdf(self.kappa), stats.norm.sf(self.kappa)
        density = stats.norm.pdf(self.kappa)
        return {
            "share_ab": float(low),
            "share_ba": float(high),
            "quality_ab": float(self.mean - self.sd * density / low),
            "quality_ba": float(self.mean + self.sd * density / high),
        }

    def cutoffs(self) -> dict[str, float]:
        """Qualities of indifference with an outside market.

        theta_1: between leaving and moving to B; theta_2: between leaving and staying in A;
        theta_3: between moving to B and staying; theta_bar: between B and outside before the
        change, above which nobody is a teacher.

        Raises UserError if the paper's assumptions fail: theta_2 below theta_bar and above
        theta_1 and theta_3.
        """
        if np.isnan(self.gamma):
            raise UserError("Roy model: no outside market; give gamma and slope_outside")
        if self.beta == self.slope_outside:
            raise UserError("Roy model: beta and slope_outside are equal: there is no theta_2")
        w, m = self.wage, self.moving_cost
        out = {
            "theta_1": ((1 - self.gamma) * w - m) / self.slope_outside,
            "theta_2": (self.gamma - self.alpha) * w / (self.beta - self.slope_outside),
            "theta_3": ((1 - self.alpha) * w - m) / self.beta,
            "theta_bar": (1 - self.gamma) * w / self.slope_outside,
        }
        if not max(out["theta_1"], out["theta_3"]) < out["theta_2"] < out["theta_bar"]:
            raise UserError(
                "Roy model: want theta_1 and theta_3 below theta_2 and theta_2 below theta_bar; "
                f"got {', '.join(f'{name} {value:.4g}' for name, value in out.items())}"
            )
        return out

    @property
    def case(self) -> int:
        """1 if theta_1 < theta_3 (A pays quality more than outside), 2 otherwise."""
        cut = self.cutoffs()
        return 1 if cut["theta_1"] < cut["theta_3"] else 2

    def intervals(self) -> pd.DataFrame:
        """What incumbents of A do by quality (figure A3).

        Returns case, low, high (quality; the first from minus infinity, the last to theta_bar),
        choice (move, exit, stay), share (of incumbents).
        """
        cut = self.cutoffs()
        lower, order = (
            (cut["theta_1"], (MOVE, EXIT, STAY))
            if self.case == 1
            else (cut["theta_3"], (MOVE, STAY, EXIT))
        )
        ends = [-np.inf, lower, cut["theta_2"], cut["theta_bar"]]
        chance = np.diff(stats.norm.cdf(self._standard(ends)))
        return pd.DataFrame(
            {
                "case": self.case,
                "low": ends[:-1],
                "high": ends[1:],
                "choice": order,
                "share": chance / chance.sum(),
            }
        )

    def leavers(self, *, truncated: bool) -> dict[str, float]:
        """Share of A's incumbents that leave and their mean quality (eqs. 22 and 23).

        Parameters
        ----------
        truncated
            False: as printed, of all qualities. True: of the incumbents, whose quality is below
            theta_bar.

        Returns
        -------
        dict
            share_ao, share_bo (zero: B's incumbents are below theta_bar), quality_ao,
            quality_incumbents, and negative (1.0 if leavers are below incumbents on average, which
            proposition 4 states without conditions and its proof for case 1 under one).

        """
        cut, first = self.cutoffs(), self.case == 1
        top = cut["theta_bar"] if truncated else np.inf
        ends = (cut["theta_1"], cut["theta_2"]) if first else (cut["theta_2"], top)
        low, high = self._standard(ends)
        share = stats.norm.cdf(high) - stats.norm.cdf(low)
        mean = self.mean - self.sd * (stats.norm.pdf(high) - stats.norm.pdf(low)) / share
        rho = self._standard([cut["theta_bar"]])[0]
        incumbents = self.mean - self.sd * stats.norm.pdf(rho) / stats.norm.cdf(rho)
        return {
            "share_ao": float(share / (stats.norm.cdf(rho) if truncated else 1.0)),
            "share_bo": 0.0,
            "quality_ao": float(mean),
            "quality_incumbents": float(incumbents),
            "negative": float(mean < incumbents),
        }

    def choices(self, quality: np.ndarray) -> np.ndarray:
        """What incumbents of A of quality (n,) choose, by comparing the three salaries."""
        quality = np.asarray(quality, dtype=float)
        pay = np.column_stack(
            [
                np.full(len(quality), self.wage - self.moving_cost),
                self.gamma * self.wage + self.slope_outside * quality,
                self.alpha * self.wage + self.beta * quality,
            ]
        )
        return np.array([MOVE, EXIT, STAY])[pay.argmax(axis=1)]

    def _standard(self, values) -> np.ndarray:
        return (np.asarray(values, dtype=float) - self.mean) / self.sd
