"""Tables that compare groups of districts, put together (tables 2 and A1, figure A4)."""

from collections.abc import Mapping

import pandas as pd

from welfare_added.sorting.covariate_tables import covariate_densities, covariate_table
from welfare_added.sorting.matching import Matches, district_means
from welfare_added.sorting.panel import INDIVIDUAL, REGIMES, SCHEDULE
from welfare_added.sorting.study import CHARACTERISTICS


def of_regime(rows: pd.DataFrame, *regimes: str) -> pd.Series:
    """Weight one of the districts of some regimes, by district_id."""
    names = rows.loc[rows["regime"].isin(regimes), "district_id"].unique()
    return pd.Series(1.0, index=sorted(names))


def comparisons(rows: pd.DataFrame, matched: Mapping[str, float]) -> pd.DataFrame:
    """Table 2: `covariate_table` of IS with all SS and with the matched ones.

    rows: from `study.characteristics`; matched: weights of the matched sample. Column comparison is
    full or matched.
    """
    first, schedules = of_regime(rows, INDIVIDUAL), of_regime(rows, SCHEDULE)
    own = pd.Series(dict(matched))
    second = {"full": schedules, "matched": own[own.index.isin(schedules.index)]}
    tables = [
        covariate_table(rows, CHARACTERISTICS, first, other).assign(comparison=name)
        for name, other in second.items()
    ]
    whole = pd.concat(tables, ignore_index=True)
    return whole[["comparison", *whole.columns.drop("comparison")]]


def handbook_comparison(rows: pd.DataFrame) -> pd.DataFrame:
    """Table A1: districts without a handbook (first), and those with one, as printed."""
    none = of_regime(rows, *(set(rows["regime"]) - set(REGIMES)))
    return covariate_table(rows, CHARACTERISTICS, none, of_regime(rows, *REGIMES))


def densities(rows: pd.DataFrame, matched: Mapping[str, float], chosen: Mapping) -> pd.DataFrame:
    """Figure A4: sample (full, matched), variable, group (IS, SS), value, density.

    chosen: years of districts' means, densities (the covariates) and density_points.
    """
    means = district_means(rows, chosen["densities"], chosen["years"])
    own = pd.Series(dict(matched))
    groups = {name: of_regime(rows, name) for name in REGIMES}
    samples = {
        "full": groups,
        "matched": {name: own[own.index.isin(one.index)] for name, one in groups.items()},
    }
    tables = [
        covariate_densities(means, chosen["densities"], of, chosen["density_points"]).assign(
            sample=name
        )
        for name, of in samples.items()
    ]
    whole = pd.concat(tables, ignore_index=True)
    return whole[["sample", *whole.columns.drop("sample")]]


def pairs_of(matches: Mapping[str, Matches]) -> pd.DataFrame:
    """Pairs of all samples: sample, district_id, matched_id, distance, tied."""
    tables = [one.pairs.assign(sample=name) for name, one in matches.items()]
    whole = pd.concat(tables, ignore_index=True)
    return whole[["sample", *whole.columns.drop("sample")]]


def sample_sizes(weights: Mapping[str, Mapping[str, float]], panel: pd.DataFrame) -> pd.DataFrame:
    """Districts and teachers of each sample by regime: sample, regime, districts, teachers."""
    rows = []
    for name, own in weights.items():
        part = panel[panel["district_id"].isin(own)]
        for regime, of in part.groupby("regime", sort=True):
            rows.append((name, regime, of["district_id"].nunique(), of["teacher_id"].nunique()))
    return pd.DataFrame(rows, columns=["sample", "regime", "districts", "teachers"])
