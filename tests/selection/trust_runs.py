"""The long tests of the sampler: what they run, and a command that keeps their tables and figures.

`python tests/selection/trust_runs.py joint|calibration|coverage|figures FOLDER` writes the tables
of one of them, and with `figures` the drawing of those that are there. See docs/selection.md.
"""

import sys
from pathlib import Path

import pandas as pd
from selection_cases import INFORMATIVE, STATED, planted, world

from welfare_added.selection.chain import Schedule
from welfare_added.selection.priors import read_priors
from welfare_added.selection.trust import calibration, coverage, joint_test
from welfare_added.selection.worlds import WorldSize

KINDS = [("moves", "full"), ("plain", "order"), ("published", "full")]
# Weak priors on coefficients, as for estimation.
WEAK = read_priors(
    STATED
    | {name: 100 for name in ("outcome", "supply", "demand", "school_mean")}
    | {name: {"half_cauchy": 0.3} for name in ("sd_theta", "sd_phi", "sd_eta_y")}
    | {"sd_eps": {"half_cauchy": 1}, "sd_school": {"half_cauchy": 1}}
    | {"sd_eta_u": {"half_cauchy": 1}, "sd_eta_v": {"half_cauchy": 0.1}}
)
SCALARS = [
    "supply: match",
    "supply: inertia",
    "demand: experience",
    "outcomes: prior score",
    "sd theta",
    "sd eta_u",
    "sd eta_y",
    "correlation eta_y eta_u",
]


def joint(how: str, rankings: str) -> pd.DataFrame:
    """Joint distribution test with 5,000 replications of 3 sweeps."""
    return joint_test(world(), INFORMATIVE, rankings, 5000, 3, 2, how).table


def ranks(worlds: int = 200, seed: int = 3) -> pd.DataFrame:
    """Ranks of true values in worlds drawn from the priors."""
    size = WorldSize(teachers=30, schools=6, years=2, vacancies=8)
    schedule = Schedule(plain=100, rounds=2, moves=50, burn=50, kept=760)
    return calibration(world(size), INFORMATIVE, "full", schedule, worlds, seed, SCALARS)


def covered(worlds: int = 50, seed: int = 4) -> pd.DataFrame:
    """Intervals of worlds with planted values of the published size."""
    size = WorldSize(teachers=120, schools=20, years=10, vacancies=15)
    schedule = Schedule(plain=100, rounds=3, moves=50, burn=50, kept=700)
    made = [world(size, number) for number in range(worlds)]
    truths = [planted(20, 500 + number) for number in range(worlds)]
    return coverage(made, truths, WEAK, INFORMATIVE, "full", schedule, 1, seed)


def main(what: str, folder: Path) -> None:
    """Run one of the tests, or draw what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    if what == "joint":
        for how, rankings in KINDS:
            joint(how, rankings).to_csv(folder / f"joint_{how}_{rankings}.csv", index=False)
    elif what == "calibration":
        ranks().to_csv(folder / "calibration.csv", index=False)
    elif what == "coverage":
        covered().to_csv(folder / "coverage.csv", index=False)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
