"""The long tests of the sampler: what they run, and a command that keeps their tables and figures.

`PYTHONPATH=src python tests/selection/trust_runs.py joint|calibration|coverage FOLDER` writes the
tables of one of them (12, 12 and 30 minutes of one core); with `figures` or `summary` it draws what
is there, or prints the numbers of docs/selection.md.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.stats import binom, norm
from selection_cases import INFORMATIVE, STATED, planted, world

from welfare_added.selection.chain import Schedule
from welfare_added.selection.priors import read_priors
from welfare_added.selection.trust import calibration, coverage, joint_test
from welfare_added.selection.trust_summaries import rank_moments, share_covered
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
EQUATIONS = {"eq. 1": "outcomes:", "eq. 2": "supply:", "eq. 3": "demand:"}
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


def draw_joint(tables: dict[str, pd.DataFrame], path: Path) -> None:
    """z of the functions' changes against normal quantiles."""
    figure, axes = plt.subplots(1, len(tables), figsize=(9, 3.2), sharey=True, layout="constrained")
    for axis, (name, table) in zip(np.atleast_1d(axes), tables.items(), strict=True):
        z = np.sort(table["z"])
        normal = norm.ppf((np.arange(len(z)) + 0.5) / len(z))
        axis.axline((0, 0), slope=1, color="0.7")
        axis.plot(normal, z, ".", markersize=3)
        axis.set(title=name.replace("_", ", lists "), xlabel="normal quantile")
    np.atleast_1d(axes)[0].set_ylabel("z of the change of a mean")
    figure.savefig(path, dpi=110)


def draw_ranks(table: pd.DataFrame, path: Path) -> None:
    """Histograms of ranks, with the range of 95% of uniform ones."""
    figure, axes = plt.subplots(2, 4, figsize=(9, 4), sharey=True, layout="constrained")
    worlds = table["world"].nunique()
    low, high = binom.ppf([0.025, 0.975], worlds, 0.1)
    for axis, (name, own) in zip(axes.ravel(), table.groupby("parameter", sort=False), strict=True):
        axis.axhspan(low, high, color="0.9")
        axis.hist(own["rank"], bins=np.arange(0, 21, 2) - 0.5)
        axis.set_title(name, fontsize=9)
    figure.supxlabel(f"rank of the true value among 19 draws ({worlds} worlds)")
    figure.savefig(path, dpi=110)


def draw_coverage(table: pd.DataFrame, path: Path) -> None:
    """Share of 90% intervals that cover, a row each parameter of eqs. 1 to 3."""
    own = table[table["parameter"].str.match("outcomes|supply|demand:")]
    share = own.groupby("parameter", sort=False)["covered"].mean()[::-1]
    worlds = own["world"].nunique()
    figure, axis = plt.subplots(figsize=(6, 5), layout="constrained")
    axis.axvspan(*binom.ppf([0.025, 0.975], worlds, 0.9) / worlds, color="0.9")
    axis.axvline(0.9, color="0.7")
    axis.plot(share.to_numpy(), share.index, "o", markersize=4)
    figure.supxlabel(
        f"share of {worlds} worlds whose 90% interval covers the planted value", size=9
    )
    figure.savefig(path, dpi=110)


def tables_of(what: str) -> dict[str, pd.DataFrame]:
    """Tables of a test, by their names."""
    if what == "joint":
        return {f"joint_{how}_{rankings}": joint(how, rankings) for how, rankings in KINDS}
    return {what: {"calibration": ranks, "coverage": covered}[what]()}


def draw(folder: Path) -> None:
    """Draw the tables that are in a folder, as PNG beside them."""
    tables = {path.stem: pd.read_csv(path) for path in sorted(folder.glob("*.csv"))}
    joints = {name[6:]: table for name, table in tables.items() if name.startswith("joint_")}
    if joints:
        draw_joint(joints, folder / "sampler_joint.png")
    for name, drawn in (("calibration", draw_ranks), ("coverage", draw_coverage)):
        if name in tables:
            drawn(tables[name], folder / f"sampler_{name}.png")


def summary(folder: Path) -> None:
    """Print what the tables of a folder say."""
    for path in sorted(folder.glob("joint_*.csv")):
        z = pd.read_csv(path)["z"]
        print(
            f"{path.stem}: {len(z)} functions, max {z.abs().max():.2f}, rms {(z**2).mean() ** 0.5:.2f}"
        )
    if (folder / "calibration.csv").exists():
        print(rank_moments(pd.read_csv(folder / "calibration.csv")).round(3).to_string())
    if (folder / "coverage.csv").exists():
        table = pd.read_csv(folder / "coverage.csv")
        groups = EQUATIONS | {"SDs": "sd ", "correlations": "corr", "schools": "school effect"}
        print(share_covered(table, groups).round(3).to_string(index=False))


def main(what: str, folder: Path) -> None:
    """Run one of the tests, or draw what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    if what == "figures":
        draw(folder)
        return
    if what == "summary":
        summary(folder)
        return
    for name, table in tables_of(what).items():
        table.to_csv(folder / f"{name}.csv", index=False)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
