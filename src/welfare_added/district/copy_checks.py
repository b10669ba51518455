"""Check that scores are not a copy of the other subject's, or of last year's."""

import numpy as np
import pandas as pd

from welfare_added.district.improbable import Improbable
from welfare_added.district.score_checks import ENOUGH, HALF, lines_of, schools_of
from welfare_added.district.score_statistics import correlations, moments
from welfare_added.district.studied import SCORES, Studied

SAME = 0.98  # correlation of ranks above which one score is a copy of the other
SHARE_SAME, DISTINCT = 0.25, 40  # share of equal scores on a scale of so many values


def check_copies(studied: Studied) -> list[Improbable]:
    """Scores that are a copy of the other subject's, or of last year's."""
    ela, math = (studied.enrolments[column].to_numpy() for column in SCORES)
    ranks, common = studied.ranks, studied.common
    # At a ceiling equal scores are no sign of a copy.
    ela, math = (
        np.where(common[column], np.nan, scores)
        for column, scores in zip(SCORES, (ela, math), strict=True)
    )
    pairs = [
        ("math_score", "ela_score", (math, ela), (ranks["math_score"], ranks["ela_score"])),
        *(
            (
                column,
                "the year before",
                (own, studied.of_last_year(own)),
                (ranks[column], studied.of_last_year(ranks[column])),
            )
            for column, own in zip(SCORES, (ela, math), strict=True)
        ),
    ]
    found = []
    for column, other, values, own_ranks in pairs:
        lines, rows = _copied(studied, values, own_ranks)
        if lines:
            what = f"scores are a copy of those of {other}"
            remedy = "export each subject's and each year's own scores"
            more = {"rows": rows, "examples": lines}
            found.append(
                studied.warning("score_copies", "enrolments", column, what, remedy, **more)
            )
    return found


def _copied(studied: Studied, values: tuple, ranks: tuple) -> tuple[tuple[str, ...], int]:
    """Figures of years, grades and schools in which two scores are the same, and their rows."""
    one, other = values
    there = ~np.isnan(one) & ~np.isnan(other)
    equal = np.where(there, one == other, np.nan)
    cells, places = studied.cells, studied.places
    number, share, _ = moments(studied.cell, equal, len(cells))
    _, correlation = correlations(studied.cell, *ranks, len(cells))
    distinct = pd.Series(one[there]).groupby(studied.cell[there]).nunique()
    distinct = distinct.reindex(range(len(cells)), fill_value=0).to_numpy()
    most = np.maximum(SHARE_SAME, SHARE_SAME * DISTINCT / np.maximum(distinct, 1))
    with np.errstate(invalid="ignore"):
        whole = (number >= ENOUGH) & ((share > most) | (correlation > SAME))
    lines = [
        f"{cells['year'][c]}, grade {cells['grade'][c]}: {share[c]:.0%} of {number[c]:.0f} scores "
        f"are equal, correlation of ranks {correlation[c]:.2f}"
        for c in np.flatnonzero(whole)
    ]
    rows = number[whole].sum()
    in_place, share_there, _ = moments(studied.place, equal, len(places))
    cell_of = np.zeros(len(places), int)
    cell_of[studied.place] = studied.cell
    _, alike = correlations(studied.place, *ranks, len(places))
    with np.errstate(invalid="ignore"):
        part = (share_there > np.maximum(HALF, most[cell_of])) | (alike > SAME)
    part &= in_place >= ENOUGH
    part &= ~whole[cell_of]
    for year, group in places[part].groupby("year"):
        lines.append(f"{year}: the same scores, or the same ranks, in {schools_of(group)}")
    return lines_of(lines), int(rows + in_place[part].sum())
