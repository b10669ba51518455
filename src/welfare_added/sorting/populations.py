"""Count the teachers behind published numbers of sections 4 to 6, for the disclosure gate.

A coefficient rests on the fewest of the groups that it compares: teachers who moved, or did not, of
either regime, before and after the reform. A person who has several rows counts once.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from welfare_added.disclosure.populations import fewest, persons
from welfare_added.pay.frames import DEGREES
from welfare_added.sorting.panel import REGIMES, of_sample, two_year_periods
from welfare_added.sorting.pay_for_quality import POST, log_salary_residuals
from welfare_added.sorting.salary_tables import salary_groups
from welfare_added.sorting.study import CHARACTERISTICS, with_handbook, with_outcome, with_quality
from welfare_added.sorting.study_comparisons import of_regime
from welfare_added.sorting.study_events import EVENTS, OTHERS
from welfare_added.sorting.study_scores import score_samples
from welfare_added.sorting.study_tables import DIFFERENCE, ENDS, GROUPS, SERIES

Counts = dict[str, dict[str, float]]
Sample = Mapping[str, float] | None
NOBODY = {"students": 0.0, "students_sure": 0.0}
TEACHER = "teacher_id"
BOTH = ["individual", "post"]
QUARTER = 4  # as many again lie beyond a quartile
SHARES = {"female": "female", "moved": "moved", "exits": "exits"}  # variables of table 1
TAUGHT = ("", "_x_post", "_x_individual", "_x_individual_x_post")  # terms of table A2


def of_groups(rows: pd.DataFrame, flags: Sequence[str], person: str = TEACHER) -> dict[str, float]:
    """Persons of the smallest of the groups that flags (0 or 1) divide rows into.

    Rows that lack a flag are in no group; nobody, if a group has no row.
    """
    parts = [persons(part[person]) for _, part in rows.groupby(list(flags), sort=True)]
    return fewest(parts) if len(parts) == 2 ** len(flags) else NOBODY


def panel_populations(
    panel: pd.DataFrame,
    samples: Mapping[str, Mapping[str, float]],
    *,
    periods: Mapping[str, tuple[int, int]],
    first_post_year: int,
    width: int,
    most_years: float,
    subjects: Mapping[str, Sequence[str]],
    years: tuple[int, int],
) -> Counts:
    """Count the teachers behind every table that is made of the panel alone.

    Parameters
    ----------
    panel
        From `study.study_panel`.
    samples
        Weights of districts by matched sample, from `study.sample_weights`.
    periods
        As in `pay_for_quality`.
    first_post_year, width
        As in `study_tables.period_table`.
    most_years
        As in `salary_tables.interquantile_samples`.
    subjects
        As in `regression_tables.subject_premia`.
    years
        Of districts' characteristics.

    Returns
    -------
    dict
        By population: students (persons: teachers) and students_sure (see `persons`). Populations:
        state, handbooks, with_value_added; teachers_<variable> (table 1); ranges_<sample> (those
        beyond a quartile); pay_for_quality_<column>; line_<period>_<regime>;
        premia_<column>_<term>; districts_<variable>, handbooks_<variable>; of regressions
        <table>_<column>; <table>_<sample>_<series>_<period>; before_<outcome>.

    """
    own = with_handbook(panel)
    rows = with_outcome(own)
    counts = {
        "state": persons(panel[TEACHER]),
        "handbooks": persons(own[TEACHER]),
        "with_value_added": persons(rows[TEACHER]),
    }
    for name, part in salary_groups(log_salary_residuals(own), most_years).items():
        counts[f"ranges_{name}"] = {
            unit: number // QUARTER for unit, number in of_groups(part, BOTH).items()
        }
    return {
        **counts,
        **_of_table_1(panel, first_post_year),
        **_of_pay(with_quality(panel), periods),
        **_of_premia(own, subjects),
        **_of_districts(panel[panel["year"].between(*years)], samples["matched"]),
        **_of_regimes(rows, samples),
        **_of_events(own, rows, samples["matched"]),
        **_of_periods(rows, samples["matched"], first_post_year, width),
    }


def score_populations(
    cells: pd.DataFrame,
    districts: pd.DataFrame,
    matched: Mapping[str, float],
    first_post_year: int,
) -> Counts:
    """Pupils behind tables 12 and A6, and figure 8.

    <table>_<subject>, names as in `study_scores.score_samples`, and
    mean_scores_<sample>_<subject>_<regime>_<year>.

    cells, districts: from `pay.prepare`; matched: weights of districts of the matched sample.
    """
    samples, counts = score_samples(districts, matched), {}
    for table, regimes in samples.items():
        counts |= _of_scores(cells, regimes, first_post_year, table)
    return counts | _of_mean_scores(cells, samples["scores_full"], matched)


def _of_mean_scores(
    cells: pd.DataFrame, regimes: Mapping[str, str], matched: Mapping[str, float]
) -> Counts:
    """Pupils behind each mean of figure 8, who all differ in one year and subject."""
    tested = cells[cells["mean_score"].notna()]
    tested = tested.assign(regime=tested["district_id"].map(dict(regimes)))
    tested = tested[tested["regime"].isin(REGIMES)]
    inside = tested["district_id"].isin(list(matched))
    by = ["subject", "regime", "year"]
    own, rest = (part.groupby(by)["n_pupils"].sum() for part in (tested[inside], tested[~inside]))
    made = {}
    for keys, pupils in tested.groupby(by)["n_pupils"].sum().items():
        place = "_".join(map(str, keys))
        # Means of matched and of all districts tell that of the others.
        least = float(min([pupils, *(one[keys] for one in (own, rest) if keys in one.index)]))
        made[f"mean_scores_full_{place}"] = {"students": least, "students_sure": least}
        if keys in own.index:
            count = float(own[keys])
            made[f"mean_scores_matched_{place}"] = {"students": count, "students_sure": count}
    return made


def _of_scores(
    cells: pd.DataFrame, regimes: Mapping[str, str], first_post_year: int, table: str
) -> Counts:
    """Pupils behind eq. 7, of the smallest of either regime, before and after.

    A pupil has a cell a year and subject, so that those of one year and subject are different
    persons: the most of any.
    """
    regime = cells["district_id"].map(dict(regimes))
    tested = cells[regime.isin(REGIMES) & cells["mean_score"].notna()]
    tested = tested.assign(individual=regime == REGIMES[0], post=tested["year"] >= first_post_year)
    subjects = {one: tested[tested["subject"] == one] for one in sorted(tested["subject"].unique())}
    made = {}
    for name, part in {**subjects, "all": tested}.items():
        pupils = part.groupby([*BOTH, "year", "subject"])["n_pupils"].sum()
        most = pupils.groupby(BOTH).max()
        count = float(most.min()) if len(most) == 2 ** len(BOTH) else 0.0
        made[f"{table}_{name}"] = {"students": count, "students_sure": count}
    return made


def _of_shares(rows: pd.DataFrame, flag: pd.Series) -> list[dict[str, float]]:
    """Teachers who count in a share, and those who do not."""
    known = flag.notna()
    return [persons(rows.loc[known & (flag == value), TEACHER]) for value in (1, 0)]


def _of_degrees(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Teachers behind the share of each of three degrees, which tells that of all others.

    Bachelors and Masters together tell those with neither: these count for the rarer of both, so
    that one share of the two can stay. Of a doctor also those with another degree, if anybody has.
    """
    known = rows[rows["degree"].notna()]
    *common, doctor, other = DEGREES
    ids = {name: known.loc[known["degree"] == name, TEACHER] for name in DEGREES}
    neither = persons(known.loc[~known["degree"].isin(common), TEACHER])
    shares = {name: _of_shares(known, (known["degree"] == name) * 1.0) for name in DEGREES}
    rarer = min(common, key=lambda name: ids[name].nunique())
    told = {name: [neither] if name == rarer else [] for name in common}
    made = {name: fewest([*shares[name], *told[name]]) for name in common}
    further = [persons(ids[other])] if len(ids[other]) else []
    return made | {doctor: fewest([*shares[doctor], *further])}


def _of_table_1(panel: pd.DataFrame, first_post_year: int) -> Counts:
    """Of both periods, since the years in all follow from them."""
    post = panel["year"] >= first_post_year
    found: dict[str, list] = {}
    for part in (panel[~post], panel[post]):
        own = {name: fewest(_of_shares(part, part[flag])) for name, flag in SHARES.items()}
        own |= _of_degrees(part)
        own |= dict.fromkeys(("experience", "salary"), persons(part[TEACHER]))
        for name, count in own.items():
            found.setdefault(name, []).append(count)
    return {f"teachers_{name}": fewest(both) for name, both in found.items()}


def _of_pay(rows: pd.DataFrame, periods: Mapping[str, tuple[int, int]]) -> Counts:
    """Table 4 and figure 2."""
    parts = [
        rows[rows["year"].between(*years)].assign(period=name, post=1.0 * (name == POST))
        for name, years in periods.items()
    ]
    used = pd.concat(parts, ignore_index=True).dropna(subset=["schedule_cell"])
    of = {regime: used[used["regime"] == regime] for regime in REGIMES}
    samples = {1: used, **dict(enumerate(of.values(), start=2))}
    counts = {f"pay_for_quality_{k}": of_groups(part, ["post"]) for k, part in samples.items()}
    counts["pay_for_quality_4"] = of_groups(pd.concat(list(of.values())), BOTH)
    for regime, part in of.items():
        for period in periods:
            ids = part.loc[part["period"] == period, TEACHER]
            counts[f"line_{period}_{regime}"] = persons(ids) if len(ids) else NOBODY
    return counts


def _of_premia(own: pd.DataFrame, subjects: Mapping[str, Sequence[str]]) -> Counts:
    """Table A2: those who teach a subject."""
    of = {number: own[own["regime"] == name] for number, name in enumerate(REGIMES, start=1)}
    counts = {"premia_3_individual_x_post": of_groups(own, BOTH)}
    for name, values in subjects.items():
        taught = {number: part[part["subject"].isin(list(values))] for number, part in of.items()}
        each = {number: of_groups(part, ["post"]) for number, part in taught.items()}
        for end in TAUGHT:
            for number, count in {**each, 3: fewest(list(each.values()))}.items():
                counts[f"premia_{number}_{name}{end}"] = count
    return counts


def _of_districts(rows: pd.DataFrame, matched: Mapping[str, float]) -> Counts:
    """Tables 2 and A1: the teachers of both groups of districts that are compared."""
    names = {
        "districts": [of_regime(rows, name).index for name in REGIMES],
        "handbooks": [
            of_regime(rows, *REGIMES).index,
            of_regime(rows, *(set(rows["regime"]) - set(REGIMES))).index,
        ],
    }
    names["districts"].append(names["districts"][1].intersection(list(matched)))
    counts = {}
    for table, groups in names.items():
        parts = [rows[rows["district_id"].isin(group)] for group in groups]
        if any(part.empty for part in parts):
            counts |= {f"{table}_{name}": NOBODY for name in CHARACTERISTICS}
            continue
        everybody = fewest([persons(part[TEACHER]) for part in parts])
        degrees = [_of_degrees(part) for part in parts]
        shares = {name.lower(): fewest([one[name] for one in degrees]) for name in degrees[0]}
        valued = fewest([persons(part.loc[part["quality"].notna(), TEACHER]) for part in parts])
        own = dict.fromkeys(CHARACTERISTICS, everybody) | shares | {"value_added": valued}
        counts |= {f"{table}_{name}": count for name, count in own.items()}
    return counts


def _of_regimes(rows: pd.DataFrame, samples: Mapping[str, Mapping[str, float]]) -> Counts:
    """Tables 5, 8, 11, A4 and A5 by column, without and with controls."""
    groups = {name: of(rows) for name, of in GROUPS.items()} | {"workforce": rows}
    others = {name for name in samples if name != "matched"}
    counts = {}
    for place, (name, own) in enumerate(groups.items()):
        ends = ENDS[name]
        order: list[Sample] = [samples["matched"], None]
        for number, sample in enumerate(reversed(order) if name == "workforce" else order):
            count = of_groups(of_sample(own, sample, ends), BOTH)
            counts |= {f"{name}_{2 * number + column}": count for column in (1, 2)}
        for other in others:
            count = of_groups(of_sample(own, samples[other], ends), BOTH)
            counts |= {f"other_{other}_{2 * place + column}": count for column in (1, 2)}
    return counts


def _of_events(own: pd.DataFrame, rows: pd.DataFrame, matched: Mapping[str, float]) -> Counts:
    """Tables 6, 7, 9 and 10 by column; with effects of teachers, those who have several rows."""
    several = own[own.duplicated(TEACHER, keep=False)]
    counts = {}
    for group, event in EVENTS.items():
        for end, part in {OTHERS[group]: rows, "salaries": several}.items():
            used = part.dropna(subset=[event, "schedule_cell"])
            first, second = (used[used["regime"] == name] for name in REGIMES)
            columns = {
                1: (first, None, [event, "post"]),
                2: (second, matched, [event, "post"]),
                3: (second, None, [event, "post"]),
                4: (used, matched, [event, *BOTH]),
                5: (used, None, [event, *BOTH]),
            }
            for number, (table, sample, flags) in columns.items():
                counts[f"{group}_{end}_{number}"] = of_groups(of_sample(table, sample), flags)
    return counts


def _of_periods(
    rows: pd.DataFrame, matched: Mapping[str, float], first_post_year: int, width: int
) -> Counts:
    """Figures 4, 6 and 7 by sample, series and period, and tests of what was before."""
    groups = {name: of(rows) for name, of in GROUPS.items()} | {"workforce": rows}
    counts = {}
    for name, part in groups.items():
        series = SERIES.get(name, {regime: regime for regime in REGIMES})
        period = two_year_periods(part["year"], first_post_year, width)
        earlier = []
        for first in sorted(period.unique()):
            there = part[period == first]
            both = [persons(there.loc[there["regime"] == regime, TEACHER]) for regime in series]
            for sample, people in _of_both_samples(there, matched, ENDS[name]).items():
                place = f"{name}_periods_{sample}"
                counts |= {f"{place}_{one}_{first}": people[own] for own, one in series.items()}
                counts[f"{place}_{DIFFERENCE}_{first}"] = fewest(list(people.values()))
            # Trends are tested among periods that have both regimes.
            earlier += both if first < first_post_year and min(c["students"] for c in both) else []
        counts[f"before_{name}"] = fewest(earlier) if earlier else NOBODY
    return counts


def _of_both_samples(
    rows: pd.DataFrame, matched: Mapping[str, float], ends: Sequence[str]
) -> dict[str, dict[str, dict[str, float]]]:
    """Teachers of either regime, of matched and of all districts, by sample and regime.

    Numbers of both samples tell those of the districts that are not matched, so that numbers of
    all districts rest on their teachers too, if there are any.
    """
    inside = rows[list(ends)].isin(list(matched)).all(axis=1)
    counts: dict[str, dict] = {"matched": {}, "full": {}}
    for regime in REGIMES:
        own = rows["regime"] == regime
        counts["matched"][regime] = persons(rows.loc[own & inside, TEACHER])
        others = rows.loc[own & ~inside, TEACHER]
        parts = [persons(rows.loc[own, TEACHER]), *([persons(others)] if len(others) else [])]
        counts["full"][regime] = fewest(parts)
    return counts
