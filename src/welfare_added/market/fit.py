"""Who teaches where: allocations of the model beside the data (figures 6, A14 to A18)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.market.bins import LEAST, bin_means, line
from welfare_added.market.policies import SERIAL, STATUS_QUO, allocate
from welfare_added.market.policy_tables import available
from welfare_added.market.setting import MarketArrays
from welfare_added.market.simulate import Choices, Run, each_run

PANELS = ("absolute_advantage", "comparative_advantage", "experienced", "black")
SOURCES = {STATUS_QUO: "model", **{name: name for name in SERIAL}}
DECIMALS = 9


def teacher_panels(market: MarketArrays) -> dict[str, np.ndarray]:
    """What figure 6 shows of teachers, (J,) each; traits that the market lacks are left out."""
    panels = {
        "absolute_advantage": market.absolute_advantage,
        "comparative_advantage": market.mu[:, 1] - market.mu[:, 0],
    }
    return panels | {name: market.teacher_traits[name] for name in PANELS[2:]
                     if name in market.teacher_traits}  # fmt: skip


def placements(
    market: MarketArrays, choices: Choices, policies: Sequence[str], threads: int = 1
) -> dict[str, np.ndarray]:
    """How often each teacher has each position, by policy: (J, P), sums over runs."""

    def of_run(run: Run) -> list[tuple[np.ndarray, np.ndarray]]:
        found = []
        for name in policies:
            partner = allocate(run, name).partner
            matched = np.flatnonzero(partner >= 0)
            found.append((run.people[matched], run.positions[partner[matched]]))
        return found

    counts = {name: np.zeros(market.utility.shape) for name in policies}
    for found in each_run(market, choices, of_run, threads):
        for name, pairs in zip(policies, found, strict=True):
            counts[name][pairs] += 1
    return counts


def fit_tables(
    market: MarketArrays,
    choices: Choices,
    data: pd.DataFrame,
    bins: int,
    threads: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Figures 6 and A14 to A16: teachers' means by the share disadvantaged of their school.

    data: all teachers of the district, with share_disadvantaged and columns of `PANELS`, missing
    ones left out. First table: panel, source (data | model | serial_advantage | serial_experience |
    serial_schools), bin, share_disadvantaged, value, teachers (in the model, mean over runs).
    Second: panel, source, slope and intercept of the value on the share.
    """
    policies = available(market, list(SOURCES))
    counts = placements(market, choices, policies, threads)
    tables, lines = [], []
    for panel, values in teacher_panels(market).items():
        if panel not in data:
            continue
        some = data[["share_disadvantaged", panel]].dropna().astype(float)
        clouds = {"data": (*some.to_numpy().T, np.ones(len(some)))}
        for name in policies:
            teacher, position = np.nonzero(counts[name] * np.isfinite(values)[:, None])
            weight = counts[name][teacher, position] / choices.runs
            clouds[SOURCES[name]] = market.share_1[position], values[teacher], weight
        for source, (share, value, weight) in clouds.items():
            part = bin_means(share, {"value": value}, bins, weight, LEAST)
            part = part.rename(columns={"x": "share_disadvantaged", "count": "teachers"})
            tables.append(part.assign(panel=panel, source=source))
            slope, intercept = line(share, value, weight)
            lines.append({"panel": panel, "source": source, "slope": slope, "intercept": intercept})
    columns = ["panel", "source", "bin", "share_disadvantaged", "value", "teachers"]
    bins_of_all = pd.concat(tables, ignore_index=True)[columns]
    return bins_of_all.round(DECIMALS), pd.DataFrame(lines).round(DECIMALS)


def sorting_table(
    market: MarketArrays, choices: Choices, bins: int, threads: int = 1
) -> pd.DataFrame:
    """Figure A18: class size and share disadvantaged of teachers' positions, by absolute advantage.

    Columns: allocation (status_quo | best), panel (class_size | share_disadvantaged), bin, x
    (absolute advantage), y (mean over runs), teachers.
    """
    policies = [STATUS_QUO, "best"]
    counts = placements(market, choices, policies, threads)
    tables = []
    for name in policies:
        matched = counts[name].sum(axis=1)
        some = matched > 0
        for panel, of_position in (
            ("class_size", market.class_size),
            ("share_disadvantaged", market.share_1),
        ):
            mean = (counts[name] @ of_position)[some] / matched[some]
            part = bin_means(market.absolute_advantage[some], {"y": mean}, bins, least=LEAST)
            part = part.rename(columns={"count": "teachers"})
            tables.append(part.assign(allocation=name, panel=panel))
    columns = ["allocation", "panel", "bin", "x", "y", "teachers"]
    return pd.concat(tables, ignore_index=True)[columns].round(DECIMALS)


def sample_table(market: MarketArrays, bins: int) -> pd.DataFrame:
    """Figure A17: class size by share disadvantaged, comparative by absolute advantage.

    Columns: panel (class_size | advantage), bin, x, y, positions_or_teachers, slope.
    """
    comparative = market.mu[:, 1] - market.mu[:, 0]
    panels = {
        "class_size": (market.share_1, market.class_size),
        "advantage": (market.absolute_advantage, comparative),
    }
    tables = []
    for panel, (x, y) in panels.items():
        part = bin_means(x, {"y": y}, bins, least=LEAST).rename(
            columns={"count": "positions_or_teachers"}
        )
        tables.append(part.assign(panel=panel, slope=line(x, y)[0]))
    columns = ["panel", "bin", "x", "y", "positions_or_teachers", "slope"]
    return pd.concat(tables, ignore_index=True)[columns].round(DECIMALS)
