"""Rows of a regression as arrays: effects absorbed, weights, clusters, what is left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.sorting.effects import Effects, singletons

DEPENDENT = 1e-9  # share of a regressor's norm that others leave, below which it is theirs
CONSTANT = "constant"


@dataclass(frozen=True)
class Design:
    """Rows that a regression uses, as arrays, with the effects removed.

    Attributes
    ----------
    names
        (k,) regressors; `CONSTANT` is one if no effects are absorbed.
    outcome, regressors
        (n,) and (n, k), residuals of the effects times the root of the weight.
    root_weight, cluster
        (n,) roots of the weights, and codes 0, 1, ... of the clusters.
    effects
        Absorbed effects; None without any.
    absorbed
        Number of coefficients that the effects count for in small-sample corrections: those
        nested within clusters count as one together.
    mean
        Weighted mean of the outcome.
    singletons, missing
        Rows left out: alone in a level of an effect; lacking a value that is used.

    """

    names: tuple[str, ...]
    outcome: np.ndarray = field(repr=False)
    regressors: np.ndarray = field(repr=False)
    root_weight: np.ndarray = field(repr=False)
    cluster: np.ndarray = field(repr=False)
    effects: Effects | None = field(repr=False)
    absorbed: int
    mean: float
    singletons: int
    missing: int

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return int(self.cluster.max()) + 1


def design(
    frame: pd.DataFrame,
    outcome: str,
    regressors: Sequence[str],
    *,
    cluster: str,
    effects: Sequence[str] = (),
    weights: str | None = None,
    keep_singletons: bool = False,
) -> Design:
    """Arrays of a regression.

    Parameters
    ----------
    frame
        One row an observation.
    outcome, regressors
        Numeric columns.
    cluster
        Column whose values are the clusters.
    effects
        Columns whose values each have an effect that is absorbed; a constant is a regressor
        otherwise.
    weights
        Column of weights; rows of weight zero or less are refused.
    keep_singletons
        Keep rows that alone have a level of an effect: coefficients are the same, the correction
        of their errors is larger. By default they are left out and counted.

    Raises
    ------
    UserError
        If a column is not there, a weight is not positive, rows or clusters are too few, or a
        regressor is a linear combination of others or of the effects.

    """
    used = [outcome, *regressors, cluster, *effects, *([weights] if weights else [])]
    used = list(dict.fromkeys(used))
    if lacking := [name for name in used if name not in frame]:
        raise UserError(f"regression of {outcome}: no column {', '.join(lacking)}")
    whole = frame[used].notna().all(axis=1).to_numpy()
    rows = frame.loc[whole, used]
    alone = np.zeros(len(rows), dtype=bool)
    if effects and len(rows) and not keep_singletons:
        alone = singletons([_codes(rows[name]) for name in effects])
        rows = rows[~alone]
    weight = rows[weights].to_numpy(float) if weights else np.ones(len(rows))
    if (weight <= 0).any():
        raise UserError(
            f"regression of {outcome}, column {weights}: {int((weight <= 0).sum()):,} weights of "
            "zero or less; leave those rows out"
        )
    names = tuple(regressors) if effects else (*regressors, CONSTANT)
    clusters = _codes(rows[cluster]) if len(rows) else np.zeros(0, dtype=int)
    if len(rows) <= len(names) or clusters.max(initial=0) < 1:
        raise UserError(
            f"regression of {outcome}: {len(rows):,} rows of "
            f"{clusters.max(initial=-1) + 1:,} clusters ({cluster}) are too few for "
            f"{', '.join(names)}"
        )
    x = rows[list(regressors)].to_numpy(float)
    x = x if effects else np.column_stack([x, np.ones(len(rows))])
    columns = np.column_stack([rows[outcome].to_numpy(float), x])
    codes = [_codes(rows[name]) for name in effects]
    absorbed = Effects(codes, weight) if effects else None
    left = absorbed.residuals(columns) if absorbed else columns
    scale = np.linalg.norm(x, axis=0)
    gone = np.linalg.norm(left[:, 1:], axis=0) <= DEPENDENT * np.where(scale > 0, scale, 1.0)
    if gone.any():
        raise UserError(
            f"regression of {outcome}: {names[int(np.flatnonzero(gone)[0])]} does not vary within "
            f"{', '.join(effects) or 'the rows used'}; leave it out"
        )
    root = np.sqrt(weight)
    return Design(
        names=names,
        outcome=left[:, 0] * root,
        regressors=left[:, 1:] * root[:, None],
        root_weight=root,
        cluster=clusters,
        effects=absorbed,
        absorbed=_counted(codes, clusters, absorbed),
        mean=float(np.average(columns[:, 0], weights=weight)),
        singletons=int(alone.sum()),
        missing=int((~whole).sum()),
    )


def _codes(column: pd.Series) -> np.ndarray:
    return pd.factorize(column, sort=True)[0]


def _counted(codes: list[np.ndarray], cluster: np.ndarray, effects: Effects | None) -> int:
    """Coefficients that absorbed effects count for; nested sets count as one."""
    if effects is None:
        return 0
    nested = [code for code in codes if _nested(code, cluster)]
    if not nested:
        return effects.rank
    own = Effects(nested).rank if len(nested) > 1 else int(nested[0].max()) + 1
    return effects.rank - own + 1


def _nested(code: np.ndarray, cluster: np.ndarray) -> bool:
    """Whether all rows of a level are of one cluster."""
    first = np.full(int(code.max()) + 1, -1)
    first[code[::-1]] = cluster[::-1]
    return bool((first[code] == cluster).all())
