"""The years studied, and the year from which the lagged scores of each come."""

from collections.abc import Mapping, Sequence

LAGS = ("last_year", "last_tested")


def studied_years(chosen: Sequence[int]) -> tuple[int, ...]:
    """Springs studied: two years are the first and the last, more are the years themselves."""
    if len(chosen) == 2:
        return tuple(range(chosen[0], chosen[1] + 1))
    return tuple(chosen)


def lag_years(chosen: Sequence[int], lag: str) -> Mapping[int, int]:
    """The year from which the lagged scores and traits of each studied year come.

    chosen: as of `studied_years`. lag: last_year, the year before; or last_tested, the studied year
    before, which for the first is the year before it.
    """
    years = studied_years(chosen)
    before = (years[0] - 1, *years[:-1])
    if lag == "last_tested":
        return dict(zip(years, before, strict=True))
    return {year: year - 1 for year in years}
