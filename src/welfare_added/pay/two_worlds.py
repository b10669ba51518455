"""Calibration of a study whose two-sided model has a world of its own."""

import pandas as pd

STRUCTURAL = "structural."


def of_both_worlds(panel: pd.DataFrame, structural: pd.DataFrame) -> pd.DataFrame:
    """Lines of the panel's world, but those of the two-sided model from its own.

    panel, structural: `calibration_table` of each world, with the same lines.
    """
    planted = panel["quantity"].str.startswith(STRUCTURAL).to_numpy()
    other = structural.set_index("quantity").loc[panel.loc[planted, "quantity"]].reset_index()
    made = pd.concat([panel[~planted], other], ignore_index=True)
    order = pd.Index(made["quantity"]).get_indexer(panel["quantity"])
    return made.iloc[order].reset_index(drop=True)
