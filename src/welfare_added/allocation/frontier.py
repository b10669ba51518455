"""What each allocation gives to lower- and higher-scoring students, over the status quo."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.assignment.whole import teacher_grid
from welfare_added.run.errors import UserError


def group_gain(slots: pd.DataFrame, plan: np.ndarray, subject: str, group: str) -> np.ndarray:
    """Mean change in the value added that students of a group get, (W,) [student SD].

    sum_c n_c (tau[plan_c] - tau[c]) / sum_c n_c over all classes c, n_c the class's students of
    ``group`` (lower|higher) in ``subject``, tau the group's own (heterogeneous) value added.
    plan: (W, N) slot of the teacher who takes each class. Added up in integers, so that the order
    of the classes does not matter. Source: section 4.1, figure 4.
    """
    counts = slots[f"{group}_{subject}"].to_numpy(np.int64)
    value_added, unit = teacher_grid(slots[f"va_{group}_{subject}"].to_numpy(float))
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

    Heterogeneous estimates score every plan, those chosen with standard ones too (section 4.2).
    subjects: weight of each subject in the score, adding up to one; gains are so weighted.
    gain_mean: simple mean of the groups. certificate: largest relative gap over the cells.
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
    """Weights of the subjects that count for ``subject`` (ela|math|both)."""
    if subject == "both":
        return {"ela": weight_ela, "math": 1 - weight_ela}
    if subject not in ("ela", "math"):
        raise UserError(f"subject: {subject!r} is unknown; want ela, math or both.")
    return {subject: 1.0}
