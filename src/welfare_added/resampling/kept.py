"""Whether kept standard errors are those of a run."""

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError

LABELS = ["subject", "scope", "information", "weight"]
GAINS = ["gain_lower", "gain_higher", "gain_mean"]
ROUNDED = 1e-7  # relative; kept numbers have eight significant digits


def check_estimates(errors: pd.DataFrame, frontiers: pd.DataFrame) -> None:
    """Refuse standard errors of other gains than the run's own.

    errors: from `standard_errors`. frontiers: gains by subject, scope, information and weight.
    Compared are plans by value added by group. Those by standard value added have ties, among which
    the solver's choice depends on the weights that it has solved before.
    Raises UserError where an estimate differs from the run's gain, or its weight is not in it.
    """
    by_group = errors["information"] == "heterogeneous"
    kept = errors[errors["quantity"].isin(GAINS) & by_group]
    own = frontiers.melt(LABELS, GAINS, var_name="quantity")
    for table in (kept, own):
        table["weight"] = table["weight"].round(9)
    both = kept.merge(own, on=["quantity", *LABELS], how="left", validate="one_to_one")
    differ = ~np.isclose(both["estimate"], both["value"], rtol=ROUNDED, atol=1e-12)
    if differ.any() or kept.empty:
        raise UserError(
            f"bootstrap: {int(differ.sum())} of {len(kept)} gains beside the standard errors are "
            "not those of this run. If weights are missing, let allocation.weights include "
            "bootstrap.weights; else the code has changed what it computes: make them again with "
            "`make bootstrap`, or set bootstrap.standard_errors to none"
        )
