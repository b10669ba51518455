"""Pairs of a teacher-year's value added on the two groups: the points of figures 2 and A.1."""

import pandas as pd

# Subject of value added on lower-scoring students (x) and on higher-scoring ones (y), by panel.
PANELS = {
    "ela": ("ela", "ela"),
    "math": ("math", "math"),
    "math_on_ela": ("ela", "math"),
    "ela_on_math": ("math", "ela"),
}
GROUPED = ("ela", "math")
CROSSED = ("math_on_ela", "ela_on_math")


def points(value_added: pd.DataFrame, panel: str) -> pd.DataFrame:
    """Teacher-years with estimates in both subjects, once each whatever their number of classes.

    Parameters
    ----------
    value_added
        subject, teacher_id, year, va_lower, va_higher.
    panel
        One of `PANELS`.

    Returns
    -------
    DataFrame
        teacher_id, year, x, y [student SD].

    """
    keys = ["subject", "teacher_id", "year"]
    once = value_added[[*keys, "va_lower", "va_higher"]].drop_duplicates(keys)
    wide = once.pivot(
        index=["teacher_id", "year"], columns="subject", values=["va_lower", "va_higher"]
    ).dropna()
    lower, higher = PANELS[panel]
    pairs = pd.DataFrame({"x": wide["va_lower", lower], "y": wide["va_higher", higher]})
    return pairs.reset_index()
