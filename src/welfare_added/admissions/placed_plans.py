"""Who is placed where by every plan, with names of applicants and schools."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.admissions.plan_tables import AVERAGE
from welfare_added.run.errors import UserError


def named(
    assignments: pd.DataFrame, applicants: Sequence[str], schools: Sequence[str]
) -> pd.DataFrame:
    """Assignments with applicant_id and school_id (missing if not placed) in place of numbers."""
    ids, places = np.asarray(applicants), np.asarray([*schools, None], dtype=object)
    return assignments.assign(
        applicant_id=ids[assignments["applicant"]], school_id=places[assignments["school"]]
    )[["plan", "tuned_at", "applicant_id", "school_id", "kind"]]


def placed_by_plan(
    assignments: pd.DataFrame, applicants: pd.DataFrame, schools: Sequence[str], tuned_at: str
) -> pd.DataFrame:
    """Place of each applicant's school, a column a plan; -1 without one.

    assignments: plan, tuned_at, applicant_id, school_id. Those tuned at ``tuned_at``, and those
    without a weight.
    """
    own = assignments[assignments["tuned_at"].isin([tuned_at, ""])]
    wide = own.assign(place=pd.Categorical(own["school_id"], categories=list(schools)).codes)
    wide = wide.set_index(["applicant_id", "plan"])["place"].unstack("plan")
    order = list(dict.fromkeys(own["plan"]))
    return wide.reindex(index=applicants["applicant_id"], columns=order).astype("int64")


def require_benchmark(
    placed: pd.DataFrame, tuned_at: Sequence[str], benchmark_at: str | None
) -> None:
    """Raise UserError if no school, or not ``benchmark_at``, has a tuned benchmark.

    placed: a column a plan, those with a weight tuned at ``benchmark_at``.
    """
    lacking = [] if AVERAGE in placed else [*tuned_at]
    if benchmark_at and "benchmark" not in placed:
        lacking = [benchmark_at]
    if lacking:
        raise UserError(
            "config.yaml, plans.tuned_at: no bonuses for minority and free lunch give the wanted "
            f"class at {', '.join(lacking)}; plans.csv says why. Tune plans at other schools, or "
            "set plans.targets"
        )
