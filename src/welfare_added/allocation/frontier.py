"""Mean gains of lower- and higher-scoring students from each allocation, over the status quo."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.allocation.slots import whole_counts
from welfare_added.assignment.whole import row_grid
from welfare_added.run.errors import UserError


def group_gain(slots: pd.DataFrame, plan: np.ndarray, subject: str, group: str) -> np.ndarray:
    """Mean change in the value added that students of a group receive, (W,) [student SD].

    sum_c n_c (tau[plan_c] - tau[c]) / sum_c n_c over all classes c, with n_c the class's students
    of ``group`` (lower|higher) in ``subject`` and tau the value added for that group.
    plan: (W, N) slot of the teacher who takes each class. Summed in integers, so that the order of
    the classes does not matter. Raises UserError where the group has no student.
    Source: Eastmond et al. (2024), section 4.1 and figure 4.
    """
    counts = whole_counts(slots, f"{group}_{subject}")
    value_added, unit = row_grid(slots[f"va_{group}_{subject}"].to_numpy(float))
    value_added = value_added.astype(np.int64)
    if counts.sum() == 0:
        raise UserError(
            f"slots: no student is in column {group}_{subject}, so gains are undefined."
        )
    return (value_added[plan] - value_added) @ counts * (unit / counts.sum())


def frontier(
    slots: pd.DataFrame,
    plan: pd.DataFrame,
    certificates: pd.DataFrame,
    subjects: Mapping[str, float],
) -> pd.DataFrame:
    """Gains of one plan by weight: weight, gain_lower, gain_higher, gain_mean, certificate.

    Gains are by heterogeneous estimates, also of plans chosen by standard ones (section 4.2),
    [student SD]. subjects: weight of each subject in the gains, with sum one.
    gain_mean: unweighted mean of the two groups. certificate: largest relative optimality gap over
    the cells. Raises UserError where plan, slots and certificates do not fit.
    """
    choices = plan.drop(columns="slot").to_numpy().T
    gaps = certificates.groupby("weight", sort=True)["relative_gap"].max()
    if not np.array_equal(plan["slot"], slots["slot"]) or len(gaps) != len(choices):
        raise UserError(
            f"plan: {len(plan)} rows and {len(choices)} weights do not fit {len(slots)} slots and "
            f"{len(gaps)} weights of the certificates. Make all three again."
        )
    gains = {
        f"gain_{group}": sum(
            share * group_gain(slots, choices, subject, group)
            for subject, share in subjects.items()
        )
        for group in ("lower", "higher")
    }
    table = pd.DataFrame({"weight": gaps.index.to_numpy(), **gains})
    table["gain_mean"] = (table["gain_lower"] + table["gain_higher"]) / 2
    table["certificate"] = gaps.to_numpy()
    return table


def subject_shares(subject: str, weight_ela: float) -> dict[str, float]:
    """Weight of each subject in the score of ``subject`` (ela|math|both).

    Raises UserError on any other subject.
    """
    if subject == "both":
        return {"ela": weight_ela, "math": 1 - weight_ela}
    if subject not in ("ela", "math"):
        raise UserError(f"subject: {subject!r} is unknown; want ela, math or both.")
    return {subject: 1.0}
