"""Indices of disadvantage that plans add to scores: 0 to 1, larger for the disadvantaged."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError

# The three of the six indicators that have the sign of disadvantage when all six predict minority.
USED = ("education", "two_parent", "isat")


class WrongSign(UserError):
    """A coefficient from which no index of disadvantage follows."""


def unweighted_index(applicants: pd.DataFrame, *, frpl: bool = False) -> np.ndarray:
    """One minus the mean of the three indicators, (n,); with free lunch as a fourth if ``frpl``.

    Source: Ellison and Pathak (2020), note of table A.6.
    """
    parts = [1 - applicants[name] for name in USED]
    return np.mean([*parts, applicants["frpl"]] if frpl else parts, axis=0)


def reweighted_index(applicants: pd.DataFrame, coefficients: Mapping[str, float]) -> np.ndarray:
    """The three indicators, and free lunch if it has a coefficient, by how they predict minority.

    coefficients: of the regression of minority status on them (table A.1, column 4, or 6 with
    free lunch); the indicators' are negative. Weights are their absolute values over their sum.
    That the weights are proportional to these is inferred: the main paper defines them.
    Raises WrongSign where a coefficient has the other sign.
    """
    signs = {name: 1 if name == "frpl" else -1 for name in coefficients}
    wrong = [name for name, value in coefficients.items() if value * signs[name] <= 0]
    if wrong:
        raise WrongSign(
            f"{', '.join(wrong)}: predicts minority status with the sign of advantage, so no index "
            "of disadvantage follows. Use the unweighted index"
        )
    total = sum(abs(value) for value in coefficients.values())
    parts = [
        abs(value) / total * (applicants[name] if name == "frpl" else 1 - applicants[name])
        for name, value in coefficients.items()
    ]
    return np.sum(parts, axis=0)


def estimated_coefficients(regressions: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Coefficients that weight the reweighted index, ``plain`` and with ``frpl``.

    Those of columns 4 and 6 of table A.1. regressions: from `table_a1`.
    """
    return {"plain": coefficients_of(regressions, 4), "frpl": coefficients_of(regressions, 6)}


def coefficients_of(regressions: pd.DataFrame, column: int) -> dict[str, float]:
    """Coefficients of a column of table A.1 by variable. regressions: from `table_a1`."""
    rows = regressions[regressions["column"] == column]
    return dict(zip(rows["variable"], rows["coefficient"], strict=True))
