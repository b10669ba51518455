"""What plans bring by the year that their estimates leave out.

A leave-year-out estimate does not use the year that it predicts. The class's mean residual in that
year measures the teacher's effect in it with noise that has nothing to do with the plan, so the
gain by these residuals is an unbiased measure of what the plan delivers, without a model of how
estimates err. The gain by the estimates themselves is larger as far as the plan picks their errors.
"""

import logging

import numpy as np
import pandas as pd

from welfare_added.district.vocabulary import GROUPS, SUBJECTS

log = logging.getLogger(__name__)


def with_own_year(slots: pd.DataFrame, class_means: pd.DataFrame) -> pd.DataFrame:
    """Slots whose value added by group is the mean residual of the teacher's own class that year.

    slots: from `build_slots`. class_means: of `ValueAdded`. Columns va_lower_ela, ... [student SD].
    A class without students of a group, or below the minimum size, has no mean residual: there the
    estimate stays, and the log has the share of the slots.
    """
    own = slots.copy()
    keys = ["teacher_id", "class_id", "year", "grade", "school_id"]
    for subject in SUBJECTS:
        for group in GROUPS:
            chosen = (class_means["subject"] == subject) & (class_means["group"] == group)
            means = class_means.loc[chosen, [*keys, "mean_residual"]]
            residual = slots[keys].merge(means, on=keys, how="left", validate="one_to_one")
            column, values = f"va_{group}_{subject}", residual["mean_residual"].to_numpy()
            absent = np.isnan(values)
            log.info("%s: %.4f of the classes have no residual", column, absent.mean())
            own[column] = np.where(absent, slots[column], values)
    return own
