"""Small panels of teachers with planted coefficients."""

import numpy as np
import pandas as pd
from scipy.special import expit

from welfare_added.sorting.panel import prepare, seniority_class

PERIODS = {"before": (2007, 2011), "after": (2012, 2014)}


def teacher_years(
    seed,
    *,
    teachers=600,
    districts=24,
    years=range(2006, 2015),
    moving=0.08,
    leaving=0.04,
    without_handbook=0,
):
    """A panel as package pay makes it, with va (true quality) beside; regimes alternate."""
    rng = np.random.default_rng(seed)
    years = list(years)
    first = rng.choice(years, teachers, p=_first(len(years)))
    rows = []
    start = rng.integers(0, 25, teachers)
    quality = rng.normal(size=teachers)
    master = rng.random(teachers)
    for one in range(teachers):
        district = int(rng.integers(districts))
        for year in years[years.index(first[one]) :]:
            moved = year > first[one] and rng.random() < moving
            if moved:
                district = int((district + 1 + rng.integers(districts - 1)) % districts)
            leaves = bool(rng.random() < leaving)
            rows.append(
                {
                    "teacher_id": f"t{one:05d}",
                    "year": year,
                    "district_id": f"d{district:03d}",
                    "seniority": float(start[one] + year - first[one]),
                    "degree": "MA" if master[one] < 0.4 + 0.02 * (year - 2006) else "BA",
                    "moved": np.nan if year == years[0] else float(moved),
                    "exits": np.nan if year == years[-1] else float(leaves),
                    "new": np.nan if year == years[0] else float(year == first[one]),
                    "female": float(one % 4 > 0),
                    "subject": ("math", "reading", "technology", "esl")[one % 4],
                    "level": ("elementary", "secondary")[one % 2],
                    "va": quality[one],
                    "school_id": f"s{district:03d}_{one % 3}",
                }
            )
            if leaves:
                break
    frame = pd.DataFrame(rows)
    code = frame["district_id"].str[1:].astype(int)
    regime = np.where(code % 2 == 0, "IS", "SS")
    frame["regime"] = np.where(code < without_handbook, "none", regime)
    level = 35_000 + 700 * np.minimum(frame["seniority"], 25) + 5_000 * (frame["degree"] == "MA")
    district = 1_000 * np.random.default_rng(seed + 1).normal(size=districts)[code]
    noise = 800 * rng.normal(size=len(frame))
    frame["salary"] = level + district + 300 * (frame["year"] - 2006) + noise
    return frame


def _first(n):
    chance = np.r_[0.6, np.full(n - 1, 0.4 / (n - 1))]
    return chance / chance.sum()


def paid_for_quality(seed, *, noise, spread=0.0, mean=(670.0, 99.0), **size):
    """Panel whose districts pay delta for the logistic of quality after 2011; deltas by district."""
    frame = teacher_years(seed, **size)
    rng = np.random.default_rng(seed)
    names = sorted(frame["district_id"].unique())
    own = regimes(frame)
    delta = {name: mean[own[name] != "IS"] + spread * rng.normal() for name in names}
    paid = frame["district_id"].map(delta) * expit(frame["va"]) * (frame["year"] > 2011)
    classes = seniority_class(frame["seniority"].to_numpy(), 2)
    schedule = 35_000 + 700 * classes + 5_000 * (frame["degree"] == "MA")
    frame["salary"] = schedule + paid + noise * rng.normal(size=len(frame))
    panel = prepare(frame, first_post_year=2012, class_years=2)
    return panel.assign(value_added=panel["va"], weight=1.0), delta


def regimes(frame):
    """Regime by district."""
    return frame.drop_duplicates("district_id").set_index("district_id")["regime"].to_dict()


def value_added(frame, seed=0, noise=0.3):
    """Value added of teachers, math alone, as package grade_means makes it."""
    people = frame.drop_duplicates("teacher_id")[["teacher_id", "va"]]
    rng = np.random.default_rng(seed)
    measured = people["va"].to_numpy() + noise * rng.normal(size=len(people))
    return pd.DataFrame(
        {
            "teacher_id": people["teacher_id"].to_numpy(),
            "subject": "math",
            "level": "elementary",
            "va_unshrunk": 0.2 * measured,
            "va_printed": 0.15 * measured,
            "shrinkage": 0.3 + 0.6 * rng.random(len(people)),
        }
    )
