"""How pyfixest.json was made; not a test. Needs a Python with pyfixest (benchmark.lock).

    python tests/sorting/pyfixest_numbers.py panel.csv tests/sorting/pyfixest.json

The panel is that of test_sorting_regression.py, written to CSV by a Python with this package.
"""

import json
import sys
from pathlib import Path

import pandas as pd
import pyfixest as pf

TERMS = ["moved", "moved_x_post", "individual_x_post"]
CASES = {
    "teachers, districts, years and cells": (
        ["teacher_id", "district_id", "year", "schedule_cell"],
        "district_id",
    ),
    "districts and years": (["district_id", "year"], "district_id"),
    "years, by school": (["year"], "school_id"),
}


def main(panel: str, out: str) -> None:
    frame = pd.read_csv(panel).dropna(subset=TERMS)
    cases = {}
    for name, (effects, cluster) in CASES.items():
        formula = f"log_salary ~ {' + '.join(TERMS)} | {' + '.join(effects)}"
        fit = pf.feols(
            formula,
            data=frame,
            vcov={"CRV1": cluster},
            fixef_rm="singleton",
            demeaner=pf.MapDemeaner(fixef_tol=1e-12, fixef_maxiter=100_000),
        )
        cases[name] = {
            "effects": effects,
            "cluster": cluster,
            "n": int(fit._N),
            "estimate": fit.coef()[TERMS].tolist(),
            "error_default": fit.se()[TERMS].tolist(),
        }
    text = json.dumps({"pyfixest": pf.__version__, "cases": cases}, indent=1)
    Path(out).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
