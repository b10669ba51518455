"""Frontiers of confidential records: only classes that are many students apart."""

import pandas as pd

COLUMNS = ["plan", "school", "students", "minority", "frpl", "mean", "sd"]


def coarse_frontiers(frontiers: pd.DataFrame, step: int) -> pd.DataFrame:
    """Classes of a frontier whose number of minority students is a multiple of a step.

    Between neighbouring classes of the exact frontier one student moves, whose score would follow
    from their means. Weights are left out: at the ends of a class's range they are differences of
    two students' scores.

    frontiers: from `best_by_number` and `with_shares`: plan, school, students, minority and frpl
    (shares), mean, sd. step: fewest students that a published number may rest on.
    """
    number = (frontiers["minority"] * frontiers["students"]).round()
    return frontiers.loc[number % step == 0, COLUMNS].reset_index(drop=True)
