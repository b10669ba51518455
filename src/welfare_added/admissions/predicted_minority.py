"""LASSO predictions of minority status, without and with free lunch (A.4.4 and table A.5)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.admissions.lasso import Lasso, draw_folds, lasso

VARIANTS = {"lasso": "without_frpl", "lasso_frpl": "with_frpl"}  # by plan


@dataclass(frozen=True)
class Predicted:
    """Both LASSO models.

    Attributes
    ----------
    models
        By variant: without_frpl, with_frpl.
    weights
        Table A.5: variant, variable, weight [share per unit of the input]; every candidate, zero
        where it is not picked.
    paths
        variant, penalty, error (mean squared), standard_error, picked (columns), minimum, one_se,
        chosen (0 or 1).
    checks
        variant, applicants, candidates, picked, penalty, duality_gap, kkt_residual, margin.

    """

    models: dict[str, Lasso]
    weights: pd.DataFrame
    paths: pd.DataFrame
    checks: pd.DataFrame


def predict_minority(
    applicants: pd.DataFrame,
    candidates: Sequence[str],
    *,
    folds: int,
    folds_by: str,
    penalty_rule: str,
    seed: int,
) -> Predicted:
    """Fit minority status on tract variables, and on these and free lunch.

    Parameters
    ----------
    applicants
        minority, frpl (0 or 1), tract, and the candidates; of high scores only.
    candidates
        Columns that may be picked.
    folds, seed
        Number of folds, and seed of who is in which; the same in both models.
    folds_by
        ``applicant`` or ``tract``: what is drawn into folds.
    penalty_rule
        ``rule`` of `lasso`.

    """
    generator = np.random.default_rng(np.random.SeedSequence(seed))
    tract = applicants["tract"].to_numpy() if folds_by == "tract" else None
    drawn = draw_folds(len(applicants), folds, generator, tract=tract)
    inputs = {"without_frpl": [*candidates], "with_frpl": [*candidates, "frpl"]}
    models = {
        name: lasso(
            applicants["minority"].to_numpy(), applicants[columns], folds=drawn, rule=penalty_rule
        )
        for name, columns in inputs.items()
    }
    return Predicted(
        models,
        pd.concat([_weights(one).assign(variant=name) for name, one in models.items()])[
            ["variant", "variable", "weight"]
        ],
        pd.concat([_path(one, penalty_rule).assign(variant=name) for name, one in models.items()]),
        pd.DataFrame(
            [{"variant": name, **_checks(one, len(applicants))} for name, one in models.items()]
        ),
    )


def predicted_share(model: Lasso, applicants: pd.DataFrame) -> np.ndarray:
    """Predicted probability of minority status, (n,).

    Least squares can predict less than nothing; shares are then raised so that the lowest is zero,
    which changes nobody's place in the order.
    """
    total = np.full(len(applicants), model.intercept)
    for name, weight in zip(model.names, model.coefficients, strict=True):
        if weight:
            total = total + weight * applicants[name].to_numpy(dtype=float)
    total = np.round(total, 8)
    return np.round(total - min(total.min(initial=0.0), 0.0), 8) + 0.0


def predicted_shares(found: Predicted, applicants: pd.DataFrame) -> dict[str, np.ndarray]:
    """Predictions of both models, (n,), by the plan whose index they are."""
    return {plan: predicted_share(found.models[v], applicants) for plan, v in VARIANTS.items()}


def _weights(model: Lasso) -> pd.DataFrame:
    return pd.DataFrame({"variable": model.names, "weight": model.coefficients})


def _path(model: Lasso, rule: str) -> pd.DataFrame:
    validation = model.validation
    place = np.arange(len(validation.penalties))
    return pd.DataFrame(
        {
            "penalty": validation.penalties,
            "error": validation.mean,
            "standard_error": validation.standard_error,
            "picked": validation.picked,
            "minimum": (place == validation.minimum).astype(int),
            "one_se": (place == validation.one_se).astype(int),
            "chosen": (place == getattr(validation, rule)).astype(int),
        }
    )


def _checks(model: Lasso, applicants: int) -> dict[str, float]:
    return {
        "applicants": applicants,
        "candidates": len(model.names),
        "picked": model.picked,
        "penalty": model.penalty,
        "duality_gap": model.duality_gap,
        "kkt_residual": model.kkt_residual,
        "margin": float(f"{model.validation.margin:.2g}"),
    }
