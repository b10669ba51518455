"""Published parameters of the two-sided model in the units of `estimate.Fit`."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.offers.parameters import DISTRICT, parameter_vector

NAMES = {  # of calibration/inputs.yaml
    "salary": "salary_per_1000",
    "distance": "distance_mile",
    "incumbent": "incumbent",
    "poor": "poor_percent",
    "urban": "urban",
    "outside": "outside",
    "value_added": "value_added_sd",
    "seniority": "seniority_year",
    "master": "master",
}
SIGMA = "sigma"


def published_parameters(structural: Mapping[str, Mapping]) -> np.ndarray:
    """Parameters (9,) of table 13, those of districts over the SD of their shock.

    structural: of calibration/inputs.yaml, with parts teachers and districts.
    """
    return in_shocks({**structural["teachers"], **structural["districts"]})


def in_shocks(values: Mapping[str, float]) -> np.ndarray:
    """Parameters (9,) by the names of calibration/inputs.yaml, sigma among them."""
    scale = {name: values[SIGMA] if name in DISTRICT else 1.0 for name in NAMES}
    return parameter_vector({name: values[of] / scale[name] for name, of in NAMES.items()})


def planted_parameters(path: Path | str | None) -> np.ndarray | None:
    """Parameters (9,) that a synthetic state was made with; None without a file of them.

    path: the truth's table of parameters, part structural.
    """
    if path is None:
        return None
    table = pd.read_parquet(path)
    own = table[table["part"] == "structural"].set_index("parameter")["value"]
    return in_shocks(own)
