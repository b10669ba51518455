"""Count the persons behind published numbers; each paper counts its own populations with these."""

from collections.abc import Mapping, Sequence

import pandas as pd

SHARE_OF_TWO = "largest_two"


def persons(ids: pd.Series) -> dict[str, float]:
    """Number of different persons among rows, and a lower bound for shares of the rows.

    ids: identifier of each row's person. students: persons. students_sure: rows over the most that
    any person has, so that a share of rows stands for at least that share of this number.
    """
    rows_of_each = ids.value_counts()
    most = rows_of_each.max() if len(rows_of_each) else 1
    return {"students": len(rows_of_each), "students_sure": len(ids) / most}


def fewest(counts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Smallest counts of several populations (one or more), and the largest share of two units."""
    worst = {name: min(one[name] for one in counts) for name in counts[0]}
    if SHARE_OF_TWO in worst:
        worst[SHARE_OF_TWO] = max(one[SHARE_OF_TWO] for one in counts)
    return worst


def population_table(counts: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Counts by population as a table: column population, and one column a count."""
    return pd.DataFrame(counts).T.rename_axis("population").reset_index()
