"""Replications: the quantities in districts whose schools are drawn with replacement."""

import logging
from collections.abc import Iterable

import pandas as pd

from welfare_added.resampling.quantities import Choices, quantities
from welfare_added.resampling.schools import resampled, times_drawn
from welfare_added.run.errors import UserError

TRAITS = ["ethnicity", "gender"]  # text that every replication codes again
log = logging.getLogger(__name__)


def replicated(
    students: pd.DataFrame, choices: Choices, seed: int, numbers: Iterable[int]
) -> pd.DataFrame:
    """Quantities of some replications: column replication, and those of `quantities`.

    students: the analysis sample. seed: of all replications. numbers: of those to make.
    Raises UserError if there is one school only, or a replication cannot be estimated.
    """
    schools = students["school_id"].nunique()
    if schools < 2:
        raise UserError("bootstrap: the sample has one school; standard errors by school need more")
    students = students.astype(dict.fromkeys(TRAITS, "category"))
    parts = []
    for number in numbers:
        drawn = resampled(students, times_drawn(schools, seed, number))
        log.info("replication %d: %d student-years", number, len(drawn))
        try:
            parts.append(quantities(drawn, choices).assign(replication=number))
        except UserError as error:
            raise UserError(
                f"bootstrap: replication {number} cannot be estimated, as may be where there are "
                f"few schools ({schools} here): {error}"
            ) from None
    table = pd.concat(parts, ignore_index=True)
    return table[["replication", *table.columns.drop("replication")]]
