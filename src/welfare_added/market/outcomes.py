"""What becomes of applications, and when: table 4."""

import numpy as np
import pandas as pd

from welfare_added.market.platform import Platform
from welfare_added.market.timing import DECIMALS, HIRED

OUTCOMES = (*HIRED, "declined", "interview", "positive", "middle", "negative", "withdrew", "none")
ACTIONS = ("positive", "middle", "negative", "withdrew")
QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)


def outcomes(platform: Platform) -> pd.DataFrame:
    """Outcomes of applications and of positions (table 4a, b).

    Returns
    -------
    DataFrame
        level (application, position), outcome, count, share (of pairs in choice sets, as the
        paper's row of means has it; or of positions), share_of_applications (missing for
        positions). Of positions: those with such an outcome at least once; ``hired`` is any of the
        three kinds, ``any_non_hire_action`` a rating or a withdrawal.

    """
    made, pairs = platform.applications, max(len(platform.pairs), 1)
    count = made["outcome"].value_counts().reindex(list(OUTCOMES), fill_value=0)
    of_applications = pd.DataFrame(
        {
            "level": "application",
            "outcome": list(OUTCOMES),
            "count": count.to_numpy(),
            "share": (count / pairs).to_numpy().round(DECIMALS),
            "share_of_applications": (count / max(len(made), 1)).to_numpy().round(DECIMALS),
        }
    )
    merged = made["outcome"].replace(dict.fromkeys(HIRED, "hired"))
    named = {name: merged == name for name in OUTCOMES if name not in HIRED[1:]}
    named["any_non_hire_action"] = merged.isin(ACTIONS)
    ever = [made.loc[mask, "position"].nunique() for mask in named.values()]
    of_positions = pd.DataFrame(
        {
            "level": "position",
            "outcome": list(named),
            "count": ever,
            "share": np.round(np.array(ever) / max(len(platform.positions), 1), DECIMALS),
        }
    )
    return pd.concat([of_applications, of_positions], ignore_index=True)


def outcome_days(applications: pd.DataFrame) -> pd.DataFrame:
    """Days from the hired application to each application of the position (table 4c).

    Of positions with a hire; where several were hired, from the mean of their days.

    Returns
    -------
    DataFrame
        group (all, no_notes, with_notes), observations, mean, p10, p25, p50, p75, p90, sd [days].

    """
    hired = applications[applications["outcome"].isin(HIRED)]
    day = hired.groupby("position")["day"].mean()
    apart = applications["day"] - applications["position"].map(day)
    without = applications["outcome"] == "none"
    rows = []
    for name, mask in {
        "all": apart.notna(),
        "no_notes": apart.notna() & without,
        "with_notes": apart.notna() & ~without,
    }.items():
        values = apart[mask]
        rows.append((name, len(values), values.mean(), *values.quantile(QUANTILES), values.std()))
    names = ["group", "observations", "mean", "p10", "p25", "p50", "p75", "p90", "sd"]
    return pd.DataFrame(rows, columns=names).round(DECIMALS)
