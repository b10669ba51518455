"""The synthetic transfer system beside the numbers that the paper states of its own."""

from collections.abc import Mapping

import pandas as pd

from welfare_added.transfers.facts import PUBLISHED, beside_published

SOURCES = {
    "counts": "table 1, table A2, text 2.2",
    "teachers": "table 1, panel A",
    "students": "text 2.2; where the paper prints none, our choice (calibration/inputs.yaml)",
    "transfer_system": "table 1, panels B and C; text 3.1; derived from them",
    "class_size": "derived from the counts; its spread our choice (calibration/inputs.yaml)",
    "geography": "our choice (calibration/inputs.yaml)",
}


def calibration_table(inputs: Mapping, facts: Mapping[str, float]) -> pd.DataFrame:
    """Facts of the system beside those of calibration/inputs.yaml.

    Returns quantity (dotted path), target (the middle of a range), achieved, ratio, source.
    """
    table = beside_published(inputs, [facts]).set_index("fact")
    rows = [
        {
            "quantity": ".".join(path),
            "target": table["published"][name],
            "achieved": facts[name],
            "ratio": table["ratio"][name],
            "source": SOURCES[path[0]],
        }
        for name, path in PUBLISHED.items()
    ]
    return pd.DataFrame(rows)
