"""How the gains of reallocation depend on who is replaced or moved, and where they come from.

The paper's appendix is not in the stored text: these tables hold what its main text says of
figures A6 to A10 (Bates et al. 2022, section 3.4).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.assignment.transport import transport
from welfare_added.market.bins import LEAST, bin_means
from welfare_added.market.reallocation import DECIMALS, District, gains, optimum, with_medians

FINEST = 0.005  # share of teachers: how close the vertices of the curve of moves come


def replacement_curve(district: District, shares: Sequence[float]) -> pd.DataFrame:
    """Gain from replacing the lowest share of teachers by medians: share, gain, gain_0, gain_1."""
    rows = [
        {"share": share, **gains(with_medians(district, share), district.mu, district.slots)}
        for share in shares
    ]
    return pd.DataFrame(rows).round(DECIMALS)


def moved_curve(district: District, shares: Sequence[float]) -> pd.DataFrame:
    """Largest gain where at most a share of teachers changes school.

    Every vertex of the concave hull of (share moved, gain) is an optimum at a reward for staying,
    with a certificate. Columns: share; gain, of the best vertex that moves no more (attained, with
    relative_gap of the certificate); bound, on the hull between vertices: no allocation gains more;
    moved, the share that the vertex moves.
    """
    vertices = _vertices(district)
    moved = np.array([one[0] for one in vertices])
    gained = np.array([one[1] for one in vertices])
    rows = []
    for share in shares:
        at = int(np.searchsorted(moved, share + 1e-12, side="right")) - 1
        rows.append(
            {
                "share": share,
                "gain": gained[at],
                "bound": max(np.interp(share, moved, gained), gained[at]),
                "moved": moved[at],
                "relative_gap": vertices[at][2],
            }
        )
    return pd.DataFrame(rows).round(dict.fromkeys(["gain", "bound", "moved"], DECIMALS)).round(12)


def _vertices(district: District) -> list[tuple[float, float, float]]:
    """Share moved, gain and certificate of the hull's vertices, ascending in both.

    Between two vertices the reward at which both would be as good either finds one above their
    line, or proves that there is none; vertices closer than `FINEST` are not parted.
    """
    total = district.mu @ district.students.T
    rows, home = np.arange(len(total)), district.school
    students = district.slots.sum()
    stay = np.zeros_like(total)
    stay[rows, home] = 1.0

    def at(reward: float) -> tuple[float, float, float]:
        found = transport(total + reward * stay, district.seats, where=f"reward {reward:.6g}")
        moved = float((found.column != home).mean())
        gain = float((total[rows, found.column] - total[rows, home]).sum() / students)
        return moved, gain, abs(found.relative_gap)

    def between(left, right) -> list[tuple[float, float, float]]:
        if right[0] - left[0] <= FINEST or right[1] - left[1] <= 1e-12:
            return []
        slope = (right[1] - left[1]) / (right[0] - left[0])  # gain per share moved
        new = at(slope * students / len(total))
        above = new[1] - left[1] - slope * (new[0] - left[0])
        if above <= 1e-12 or not left[0] < new[0] < right[0]:
            return []
        return [*between(left, new), new, *between(new, right)]

    none = (0.0, 0.0, 0.0)
    best = at(1e-9 * float(np.abs(total).max()))  # of the best allocations, one that moves few
    return [none, *between(none, best), best]


def sorting_table(district: District, bins: int) -> pd.DataFrame:
    """Who teaches large classes and disadvantaged students, actually and in the best allocation.

    Columns: allocation (actual | best), panel (class_size: x is absolute advantage;
    share_disadvantaged: x is comparative advantage, mu_1 - mu_0), bin, x, y, teachers.
    """
    best = _school_in_best(district)
    x = {
        "class_size": district.absolute_advantage,
        "share_disadvantaged": district.mu[:, 1] - district.mu[:, 0],
    }
    y = {"class_size": district.class_size, "share_disadvantaged": district.share_1}
    tables = []
    for allocation, school in (("actual", district.school), ("best", best)):
        for panel, values in y.items():
            part = bin_means(x[panel], {"y": values[school]}, bins, least=LEAST)
            part = part.rename(columns={"count": "teachers"})
            tables.append(part.assign(allocation=allocation, panel=panel))
    columns = ["allocation", "panel", "bin", "x", "y", "teachers"]
    return pd.concat(tables, ignore_index=True)[columns].round(DECIMALS)


def source_table(district: District) -> pd.DataFrame:
    """The best allocation's gain by source: class size times absolute advantage, and the rest.

    Value added of a class is its size times (absolute advantage + comparative advantage for its
    students), so that the change of the sum has two parts. Columns: source (class_size |
    comparative_advantage), gain, fraction.
    """
    best = _school_in_best(district)
    size = district.class_size[best] - district.class_size[district.school]
    students = district.slots.sum()
    total = (district.mu * (district.students[best] - district.slots)).sum() / students
    by_size = float(size @ district.absolute_advantage / students)
    parts = np.array([by_size, total - by_size])
    names = ["class_size", "comparative_advantage"]
    table = pd.DataFrame({"source": names, "gain": parts, "fraction": parts / total})
    return table.round(DECIMALS)


def _school_in_best(district: District) -> np.ndarray:
    """School of each teacher in the best allocation, (J,)."""
    matching = optimum(district.mu, district.slots, "best").matching
    school = np.empty(len(matching), dtype=int)
    school[matching] = district.school
    return school


def support_table(
    past: np.ndarray, observed: np.ndarray, district: District, number: int
) -> pd.DataFrame:
    """Changes of teachers' classes against their own past: in the data, and in the best allocation.

    past: (J, 2) mean class size and share of type 1 that each teacher had before, NaN where none.
    observed: (N, 2) changes of both in the data, teacher-years against their own past.
    Columns: panel (class_size | share_disadvantaged), source (data | best), low, high (``number``
    bins as wide as each other), share, count; outside (share of the allocation's changes beyond the
    smallest and largest in the data).
    """
    best = _school_in_best(district)
    now = np.stack([district.class_size[best], district.share_1[best]], axis=1)
    tables = []
    for column, panel in enumerate(("class_size", "share_disadvantaged")):
        data = observed[:, column][np.isfinite(observed[:, column])]
        change = (now - past)[:, column]
        change = change[np.isfinite(change)]
        both = np.concatenate([data, change])
        edges = np.linspace(both.min(), both.max(), number + 1)
        outside = {"data": 0.0, "best": ((change < data.min()) | (change > data.max())).mean()}
        for source, values in (("data", data), ("best", change)):
            count = np.histogram(values, edges)[0]
            part = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "count": count})
            part["share"] = count / len(values)
            tables.append(part.assign(panel=panel, source=source, outside=outside[source]))
    columns = ["panel", "source", "low", "high", "share", "count", "outside"]
    return pd.concat(tables, ignore_index=True)[columns].round(DECIMALS)


def match_effect_curve(
    district: District, sds: Sequence[float], draws: int, seed: int
) -> pd.DataFrame:
    """Gain of the best allocation where value added has an effect of each teacher and school.

    Independent normal effects per student with standard deviation sd, the same draws scaled for all
    sds, and part of the actual allocation too. Columns: sd, gain and standard_error (mean over
    draws), relative_gap (largest).
    """
    total = district.mu @ district.students.T
    rows, home, students = np.arange(len(total)), district.school, district.slots.sum()
    normals = [
        np.random.default_rng(one).standard_normal(total.shape)
        for one in np.random.SeedSequence(seed).spawn(draws)
    ]
    table = []
    for sd in sds:
        found = []
        for draw in normals:
            scores = total + sd * draw * district.class_size
            best = transport(scores, district.seats, where=f"match effects of {sd:g}")
            gain = (best.value - scores[rows, home].sum()) / students
            found.append((gain, abs(best.relative_gap)))
        gain, gap = np.array(found).T
        error = gain.std(ddof=1) / np.sqrt(draws) if draws > 1 else np.nan
        row = {"sd": sd, "gain": gain.mean(), "standard_error": error, "relative_gap": gap.max()}
        table.append(row)
    return pd.DataFrame(table).round(DECIMALS)
