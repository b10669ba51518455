"""What the calibration compares, from the files of a run."""

from collections.abc import Mapping

import pandas as pd

from welfare_added.market.calibration_table import Made

TABLES = (
    *("timing", "posting_months", "outcomes", "outcome_days", "stock_flow", "class_size_bins"),
    "text_numbers",
)


def made_of(tables: Mapping[str, pd.DataFrame], parameters: Mapping, studied: int) -> Made:
    """The world's side of the calibration table.

    Parameters
    ----------
    tables
        By name: `TABLES`; teachers, schools (of records); applicants, positions (of the platform);
        true_teachers, true_preferences (truth).
    parameters
        Content of calibration/parameters.yaml.
    studied
        The cycle that is simulated.

    """
    applicants, positions = tables["applicants"], tables["positions"]
    with_value_added = (applicants["year"] == studied) & (applicants["va_missing"] == 0)
    taught = tables["true_teachers"]
    return Made(
        tables={name: tables[name] for name in TABLES},
        market=(int(with_value_added.sum()), int((positions["year"] == studied).sum())),
        teachers=tables["teachers"],
        schools=tables["schools"],
        value_added=taught[taught["taught"] == 1],
        planted=tables["true_preferences"].set_index("parameter")["value"].to_dict(),
        principals=parameters["principals_preferences"],
    )
