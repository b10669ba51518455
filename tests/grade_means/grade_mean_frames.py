"""Tables of grade means as the preparation makes them, from the arrays of a world."""

import pandas as pd

from welfare_added.grade_means.cells import GradeCells


def frames(cells: GradeCells, schools: int, subject: str = "math") -> dict[str, pd.DataFrame]:
    place = pd.DataFrame(
        {
            "school_id": [f"s{code % schools:04d}" for code in cells.school_year],
            "grade": cells.grade + 3,
            "year": cells.year,
        }
    )
    shares = {f"share_{k}": column for k, column in enumerate(cells.composition.T)}
    keys = place.iloc[cells.cell].reset_index(drop=True)
    return {
        "cells": place.assign(
            subject=subject, n_pupils=cells.pupils.astype(int), mean_score=cells.mean_score
        ),
        "composition": place.assign(enrolment=cells.pupils, **shares),
        "links": keys.assign(
            subject=subject,
            teacher_id=[f"t{code:05d}" for code in cells.teacher],
            share=cells.share,
        ),
    }
