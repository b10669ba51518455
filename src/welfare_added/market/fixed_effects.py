"""Binary logit with fixed effects of teachers, of schools, or of both, by Newton's method.

The effects of teachers, of which there are most, are eliminated from every step, so that what is
solved has the size of covariates and schools.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from welfare_added.run.errors import UserError

STEPS = 50
PRECISE = 1e-14  # decrement at which Newton's method ends
NEAR = 1e-3  # decrement below which a full step is safe
ROUNDS = 100  # of leaving out those who choose all or none


@dataclass(frozen=True)
class FixedEffects:
    """Estimates of a logit with fixed effects.

    Attributes
    ----------
    slopes, covariance
        (P,) and (P, P), by the inverse Hessian.
    teacher_effects, school_effects
        (J,) and (S,); missing where somebody chose all or none, None without such effects. With
        both, the first school of each connected part of the data is zero.
    log_likelihood, steps
        At the maximum, and number of Newton steps.
    used
        (N,) rows of teachers and schools whose choices vary.
    parts
        Number of connected parts of teachers and schools.

    """

    slopes: np.ndarray
    covariance: np.ndarray = field(repr=False)
    teacher_effects: np.ndarray | None = field(repr=False)
    school_effects: np.ndarray | None = field(repr=False)
    log_likelihood: float
    steps: int
    used: np.ndarray = field(repr=False)
    parts: int


def fixed_effects_logit(
    columns: np.ndarray,
    taken: np.ndarray,
    trials: np.ndarray,
    *,
    teacher: np.ndarray | None = None,
    school: np.ndarray | None = None,
) -> FixedEffects:
    """Estimate a logit with a constant for each teacher, each school, or each of both.

    With few choices a teacher, estimates with teachers' effects are biased away from zero (the
    incidental parameters problem); `preference_loops.conditional_panel` is not.

    Parameters
    ----------
    columns
        (N, P) covariates that vary within teachers and schools.
    taken, trials
        (N,) choices of yes and all choices.
    teacher, school
        (N,) codes from zero.

    Raises
    ------
    UserError
        If no effect is asked for, no choice varies, covariates are collinear with the effects, or
        the likelihood has no maximum.

    """
    if teacher is None and school is None:
        raise UserError("fixed effects: want codes of teachers, of schools, or of both")
    used = _varying(taken, trials, [one for one in (teacher, school) if one is not None])
    if not used.any():
        raise UserError("fixed effects: every teacher or school chose all or none")
    x, y, m = columns[used], taken[used], trials[used]
    t, teachers = _codes(teacher, used)
    s, schools = _codes(school, used)
    fixed, parts = _normalised(t, s, len(teachers), len(schools))
    free = ~fixed
    problem = _Problem(x, y, m, t, s, len(teachers), free)
    at, steps = problem.solve()
    value, _, matrix, _ = problem.evaluate(at)
    covariance = np.linalg.inv(matrix)[: x.shape[1], : x.shape[1]]
    return FixedEffects(
        slopes=at.slopes,
        covariance=covariance,
        teacher_effects=_placed(at.teachers, teachers, teacher),
        school_effects=_placed(at.schools, schools, school),
        log_likelihood=value,
        steps=steps,
        used=used,
        parts=parts,
    )


@dataclass
class _Point:
    slopes: np.ndarray
    teachers: np.ndarray
    schools: np.ndarray

    def moved(self, step, size):
        return _Point(*(own + size * more for own, more in zip(self._parts, step, strict=True)))

    @property
    def _parts(self):
        return self.slopes, self.teachers, self.schools


class _Problem:
    """Log-likelihood with its derivatives, teachers' effects eliminated."""

    def __init__(self, x, taken, trials, teacher, school, teachers, free):
        self.x, self.taken, self.trials = x, taken, trials
        self.teacher, self.school, self.teachers, self.free = teacher, school, teachers, free

    def _index(self, at):
        index = self.x @ at.slopes
        if self.teachers:
            index += at.teachers[self.teacher]
        if len(self.free):
            index += at.schools[self.school]
        return index

    def value(self, at):
        index = self._index(at)
        return float(self.taken @ index - self.trials @ np.logaddexp(0, index))

    def evaluate(self, at):
        """Value, Newton step, eliminated matrix (covariates and free schools), and decrement."""
        index = self._index(at)
        chance = 1 / (1 + np.exp(-index))
        left, weight = self.taken - self.trials * chance, self.trials * chance * (1 - chance)
        value = float(self.taken @ index - self.trials @ np.logaddexp(0, index))
        gradient, matrix = self._covariates_and_schools(left, weight)
        step_t = np.zeros(self.teachers)
        if self.teachers:
            own = np.bincount(self.teacher, left, self.teachers)
            size = np.bincount(self.teacher, weight, self.teachers)
            cross = self._cross(weight)
            matrix = matrix - cross.T @ (cross / size[:, None])
            gradient = gradient - cross.T @ (own / size)
        step = _solve(matrix, gradient)
        if self.teachers:
            step_t = (own - cross @ step) / size
            decrement = 0.5 * (gradient @ step + own @ (own / size))
        else:
            decrement = 0.5 * gradient @ step
        schools = np.zeros(len(self.free))
        schools[self.free] = step[self.x.shape[1] :]
        return value, (step[: self.x.shape[1]], step_t, schools), matrix, decrement

    def _covariates_and_schools(self, left, weight):
        gradient, matrix = self.x.T @ left, self.x.T @ (self.x * weight[:, None])
        if not len(self.free):
            return gradient, matrix
        count = len(self.free)
        of_school = np.bincount(self.school, left, count)[self.free]
        cross = self._sums(self.school, weight, count)[self.free]
        size = np.diag(np.bincount(self.school, weight, count)[self.free])
        return np.append(gradient, of_school), np.block([[matrix, cross.T], [cross, size]])

    def _sums(self, code, weight, count):
        return np.column_stack([np.bincount(code, weight * x, count) for x in self.x.T])

    def _cross(self, weight):
        """(J, P + free schools) sums of weights by teacher."""
        cross = self._sums(self.teacher, weight, self.teachers)
        if not len(self.free):
            return cross
        count = len(self.free)
        both = np.bincount(self.teacher * count + self.school, weight, self.teachers * count)
        return np.hstack([cross, both.reshape(self.teachers, count)[:, self.free]])

    def solve(self):
        at = _Point(np.zeros(self.x.shape[1]), np.zeros(self.teachers), np.zeros(len(self.free)))
        for number in range(STEPS):
            value, step, _, decrement = self.evaluate(at)
            if decrement < PRECISE:
                return at, number
            size = 1.0
            near = decrement < NEAR  # where differences of values are rounding errors
            while not near and self.value(at.moved(step, size)) < value and size > 1e-6:
                size /= 2
            at = at.moved(step, size)
        raise UserError("fixed effects: no maximum; does a covariate decide the choices?")


def _solve(matrix, gradient):
    size = np.sqrt(np.diag(matrix))
    if (size == 0).any() or np.linalg.cond(matrix / np.outer(size, size)) > 1e12:
        raise UserError("fixed effects: covariates do not vary within teachers or schools")
    return np.linalg.solve(matrix, gradient)


def _varying(taken, trials, codes) -> np.ndarray:
    """Rows (N,) whose teacher and school chose neither all nor none, among such rows."""
    used = np.ones(len(taken), dtype=bool)
    for _ in range(ROUNDS):
        before = used.sum()
        for code in codes:
            yes = np.bincount(code, taken * used)
            every = np.bincount(code, trials * used)
            used &= ((yes > 0) & (yes < every))[code]
        if used.sum() == before:
            break
    return used


def _codes(code, used):
    """Codes without gaps of used rows, and the codes that they stand for."""
    if code is None:
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    labels, short = np.unique(code[used], return_inverse=True)
    return short, labels


def _normalised(teacher, school, teachers, schools) -> tuple[np.ndarray, int]:
    """Schools (S,) whose effect is zero: the first of each connected part, with both effects."""
    fixed = np.zeros(schools, dtype=bool)
    if not teachers or not schools:
        return fixed, 1
    size = teachers + schools
    edges = coo_array((np.ones(len(teacher)), (teacher, teachers + school)), shape=(size, size))
    parts, label = connected_components(edges, directed=False)
    fixed[np.unique(label[teachers:], return_index=True)[1]] = True
    return fixed, parts


def _placed(effects, labels, code) -> np.ndarray | None:
    if code is None:
        return None
    out = np.full(code.max() + 1, np.nan)
    out[labels] = effects
    return out
