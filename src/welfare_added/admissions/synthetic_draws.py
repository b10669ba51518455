"""Random numbers of the synthetic applicants, drawn once and turned into outcomes by parameters."""

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import ndtri


@dataclass(frozen=True)
class Draws:
    """Random numbers of the applicants of one year, one row each.

    home, race, group, frpl, gender, length: (n,) uniform. elsewhere, before, after: (n, 2) uniform,
    whether an address is another one, and which. ability: (n,) normal. taste: (n, S) Gumbel.
    points: (n, 3) uniform, how a score is made up. tie: (n,) a permutation.
    """

    home: np.ndarray
    elsewhere: np.ndarray
    before: np.ndarray
    after: np.ndarray
    race: np.ndarray
    group: np.ndarray
    frpl: np.ndarray
    gender: np.ndarray
    ability: np.ndarray
    taste: np.ndarray
    length: np.ndarray
    points: np.ndarray
    tie: np.ndarray

    def __len__(self) -> int:
        """Count the applicants."""
        return len(self.home)


def draw(applicants: int, schools: int, seed: np.random.SeedSequence) -> Draws:
    """Draws of a number of applicants; each kind has a stream of its own."""
    names = [field.name for field in fields(Draws)]
    streams = {
        name: np.random.default_rng(one)
        for name, one in zip(names, seed.spawn(len(names)), strict=True)
    }
    columns = {"elsewhere": 2, "before": 2, "after": 2, "points": 3, "taste": schools}
    drawn = {
        name: stream.random((applicants, columns[name]) if name in columns else applicants)
        for name, stream in streams.items()
        if name != "tie"
    }
    drawn["ability"] = ndtri(drawn["ability"])
    drawn["taste"] = -np.log(-np.log(drawn["taste"]))
    return Draws(**drawn, tie=streams["tie"].permutation(applicants))


def draws_of(counts: dict[int, int], schools: int, seed: int) -> dict[int, Draws]:
    """Draws by application year. counts: applicants by year; a year's draws are its own."""
    return {
        year: draw(number, schools, np.random.SeedSequence(seed, spawn_key=(year,)))
        for year, number in counts.items()
    }
