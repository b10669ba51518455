"""Indices and local ranks of one year's applicants, by which plans favour some of them."""

import logging
from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.admissions.indices import WrongSign, reweighted_index, unweighted_index
from welfare_added.admissions.local_ranks import eighth_graders, local_rank

log = logging.getLogger(__name__)


def index_table(
    applicants: pd.DataFrame,
    tracts: pd.DataFrame,
    coefficients: Mapping[str, Mapping[str, float]],
    grades: int,
) -> pd.DataFrame:
    """Indices of disadvantage and local ranks of one year's applicants.

    Parameters
    ----------
    applicants
        Table of `Applicants`, one year.
    tracts
        tract, community_area, children (school-age), of the same year.
    coefficients
        That weight the reweighted index, by ``plain`` and ``frpl``; where one has the sign of
        advantage the index is left out, with a warning.
    grades
        School-age children over 8th graders.

    Returns
    -------
    DataFrame
        applicant_id, then unweighted, unweighted_frpl, reweighted, reweighted_frpl (0 to 1, larger
        for the disadvantaged), top_communities, top_tracts (rank over 8th graders).

    """
    of_tract, of_area = eighth_graders(applicants, tracts, grades)
    keys = applicants["key"].to_numpy()
    return pd.DataFrame(
        {
            "applicant_id": applicants["applicant_id"],
            "unweighted": unweighted_index(applicants),
            "unweighted_frpl": unweighted_index(applicants, frpl=True),
            **_reweighted(applicants, coefficients),
            "top_communities": local_rank(keys, applicants["community_area"], of_area),
            "top_tracts": local_rank(keys, applicants["tract"], of_tract),
        }
    )


def _reweighted(
    applicants: pd.DataFrame, coefficients: Mapping[str, Mapping[str, float]]
) -> dict[str, np.ndarray]:
    """Reweighted indices by plan, those that exist."""
    indices = {}
    for plan, kind in {"reweighted": "plain", "reweighted_frpl": "frpl"}.items():
        try:
            indices[plan] = reweighted_index(applicants, coefficients[kind])
        except WrongSign as error:
            log.warning("plan %s is left out: %s", plan, error)
    return indices
