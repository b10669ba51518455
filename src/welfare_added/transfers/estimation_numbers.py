"""Numbers of the text on the estimation: sweeps, draws, equations."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.district.values import RawTables
from welfare_added.selection.chain import Chain

EQUATIONS = ("outcomes", "supply", "demand")
# Of `published_sweep`, appendix B: factors of matches and teachers, and steps of a sweep.
FACTORS = ("f1", "f2", "f3", "f4", "f5")
STEPS = ("utilities", "coefficients", "sd_eps", "factors", "sds_of_factors")


def estimation_numbers(
    chains: Sequence[Chain], thin: int, changes: pd.DataFrame, raw: RawTables
) -> pd.DataFrame:
    """Numbers by name: name, value.

    Parameters
    ----------
    chains, thin
        Complete chains, of one of so many sweeps.
    changes
        Of `changes.changes_by_draw`.
    raw
        Raw tables; district_evaluations may be missing.

    """
    evaluated = raw.tables.get("district_evaluations")
    averse = changes["observable_match", "teacher_utility"] < 0
    numbers = {
        "sweeps": sum(chain.done for chain in chains),
        "thinning": thin,
        "draws_in_tables": sum(len(chain.draws) for chain in chains),
        "steps_published": len(STEPS),
        "equations": len(EQUATIONS),
        "factors": len(FACTORS),
        "share_observable_negative": averse.mean(),
        "evaluation_years": 0 if evaluated is None else evaluated["year"].nunique(),
    }
    values = np.array(list(numbers.values()), dtype=float)
    return pd.DataFrame({"name": list(numbers), "value": values})
