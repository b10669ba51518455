"""The equal-gain ("Atkinson") index of a plan (sections 4.1 and 4.2)."""

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.welfare.classrooms import HIGHER, LOWER, subject_weights
from welfare_added.welfare.reallocations import utilitarian_position


def equal_gain(weight, gain_lower, gain_higher, lower: float, higher: float):
    """Gain that, given to every student, leaves the planner of ``weight`` indifferent.

    (w n_L G_L + (1 - w) n_H G_H) / (w n_L + (1 - w) n_H), from eq. 7 of Eastmond et al. (2024).

    Parameters
    ----------
    weight : float or array
        Social weight on lower-scoring students, 0 to 1.
    gain_lower, gain_higher : float or array
        Mean gain of a student of the group [student SD].
    lower, higher : float
        Students of each group.

    Returns
    -------
    float or array
        [student SD]

    """
    on_lower, on_higher = weight * lower, (1.0 - weight) * higher
    return (on_lower * gain_lower + on_higher * gain_higher) / (on_lower + on_higher)


def index_table(
    frontiers: pd.DataFrame, group_sizes: np.ndarray, weight_ela: float
) -> pd.DataFrame:
    """Index along the frontiers of each subject and scope; columns as in ``welfare/index.csv``.

    Parameters
    ----------
    frontiers : DataFrame
        ``frontiers.csv``: gains by subject, scope, information and weight.
    group_sizes : (2, 2) array
        Students by subject and group. With both subjects a student counts once in each subject,
        by the subject's weight.
    weight_ela : float
        Weight of ELA where both subjects count.

    Returns
    -------
    DataFrame
        index_utilitarian is the index, at this row's weight, of the heterogeneous plan chosen
        at weight 0.5; gain_mean_over_standard is figure A.3's unweighted difference.

    """
    tables = []
    for (subject, scope), rows in frontiers.groupby(["subject", "scope"], sort=True):
        sizes = (subject_weights(subject, weight_ela)[:, None] * group_sizes).sum(axis=0)
        chosen = _frontier(rows, "heterogeneous", f"{subject}, {scope}")
        standard = _frontier(rows, "standard", f"{subject}, {scope}")
        weight = chosen.index.to_numpy()
        neutral = chosen.iloc[utilitarian_position(weight)]
        values = {
            name: equal_gain(
                weight, gains["gain_lower"], gains["gain_higher"], sizes[LOWER], sizes[HIGHER]
            )
            for name, gains in [("chosen", chosen), ("standard", standard), ("neutral", neutral)]
        }
        best = np.asarray(values["chosen"])
        tables.append(
            pd.DataFrame(
                {
                    "subject": subject,
                    "scope": scope,
                    "weight": weight,
                    "index_heterogeneous": best,
                    "index_standard": np.asarray(values["standard"]),
                    "index_utilitarian": np.asarray(values["neutral"]),
                    "gain_over_utilitarian": best - np.asarray(values["neutral"]),
                    "gain_over_standard": best - np.asarray(values["standard"]),
                    "gain_mean_over_standard": np.asarray(chosen["gain_mean"])
                    - np.asarray(standard["gain_mean"]),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _frontier(rows: pd.DataFrame, information: str, which: str) -> pd.DataFrame:
    part = rows[rows["information"] == information].set_index("weight").sort_index()
    wanted = sorted(set(rows["weight"]))
    if list(part.index) != wanted:
        raise UserError(
            f"frontiers ({which}): {information} has {len(part)} weights where "
            f"{len(wanted)} are needed; make frontiers.csv again"
        )
    return part
