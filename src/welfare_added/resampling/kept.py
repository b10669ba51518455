"""Standard errors kept in the paper's folder, and whether they are those of a run."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.resampling.quantities import choices_from
from welfare_added.run.digests import digest, sha256
from welfare_added.run.errors import UserError

# What the synthetic district's draws depend on, beside `choices_from`.
DISTRICT = ("size", "seed", "years", "grades", "lag")
DRAWS = ("replications", "seed", "level")
LABELS = ["subject", "scope", "information", "weight"]
GAINS = ["gain_lower", "gain_higher", "gain_mean"]
ROUNDED = 1e-7  # relative; kept numbers have eight significant digits


def batches(replications: int, size: int) -> list[tuple[int, int]]:
    """First and last replication of each job, counted from 0."""
    starts = range(0, replications, size)
    return [(first, min(first + size, replications) - 1) for first in starts]


def source(config: Mapping, paper: Path) -> dict[str, str]:
    """Digests of what the synthetic district's standard errors depend on, apart from the code."""
    choices = [
        choices_from(config),
        {name: config["district"][name] for name in DISTRICT},
        {name: config["bootstrap"][name] for name in DRAWS},
    ]
    return {
        "choices": digest(choices),
        "parameters": sha256(Path(paper) / "calibration/parameters.yaml"),
    }


def fits(provenance: Path | str, wanted: Mapping[str, str]) -> bool:
    """Whether kept standard errors are of these choices and parameters; false if none are kept."""
    path = Path(provenance)
    return path.is_file() and json.loads(path.read_text(encoding="utf-8"))["source"] == wanted


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
