"""Careers of teachers who leave, change schools and change grades."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Turnover:
    """Chances a year that the holder of a post leaves it, and that a school assigns its posts anew.

    Attributes
    ----------
    leaving
        For good; her post is taken by a new teacher.
    changing
        For another one somewhere in the state, by exchange.
    reshuffling
        Of a school: that its teachers' posts, and so their grades, are drawn anew.

    """

    leaving: float = 0.13
    changing: float = 0.03
    reshuffling: float = 0.1


def draw_holders(
    school: np.ndarray, years: int, turnover: Turnover, rng: np.random.Generator
) -> np.ndarray:
    """Teacher of each of N posts in each year, (T, N) int: 0, 1, ... in order of appearance.

    school: (N,) codes of the posts' schools.
    """
    holder = np.arange(len(school))
    table, newest = [holder], len(holder)
    for _ in range(years - 1):
        changing = rng.random(len(school)) < turnover.changing
        reshuffled = (rng.random(int(school.max()) + 1) < turnover.reshuffling)[school]
        holder = _exchanged(holder, changing, np.zeros_like(school), rng)
        holder = _exchanged(holder, reshuffled, school, rng)
        leaving = np.flatnonzero(rng.random(len(school)) < turnover.leaving)
        holder[leaving] = newest + np.arange(len(leaving))
        newest += len(leaving)
        table.append(holder)
    return np.array(table)


def _exchanged(
    holder: np.ndarray, changing: np.ndarray, among: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Holders of posts after those who change have exchanged theirs within codes of ``among``."""
    at = np.flatnonzero(changing)
    mixed = rng.permutation(at)
    at, mixed = (posts[np.argsort(among[posts], kind="stable")] for posts in (at, mixed))
    after = holder.copy()
    after[at] = holder[mixed]
    return after
