"""Compute our number for a claim, from result tables, config.yaml, sums and ratios."""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from welfare_added.claims import expressions
from welfare_added.claims.claim import Number
from welfare_added.claims.selectors import AnswerError, NotAvailableError, Tables, select


def smallest_step(*values: float) -> float:
    """Smallest difference between neighbours of a row of numbers; below 0 if they do not rise."""
    return min(later - earlier for earlier, later in itertools.pairwise(values))


COMBINATIONS: Mapping[str, Callable[..., float]] = {
    "ratio": lambda a, b: a / b,
    "difference": lambda a, b: a - b,
    "percent_more": lambda a, b: 100 * (a / b - 1),
    "product": lambda *values: math.prod(values),
    "sum": lambda *values: math.fsum(values),
    "mean": lambda *values: math.fsum(values) / len(values),
    "min": min,
    "max": max,
    "size": abs,
    "rising": smallest_step,
}


@dataclass(frozen=True)
class Sources:
    """Everything that an answer may use.

    Attributes
    ----------
    tables
        The results.
    choices
        Values of config.yaml by dotted path.
    shared
        Answers that several claims use, by name.
    published
        Gives a claim's published number by ``id``, ``id.low`` or ``id.high``.

    """

    tables: Tables
    choices: Mapping[str, object]
    shared: Mapping[str, object]
    published: Callable[[str], float]


def answer(node, sources: Sources) -> Number:
    """Evaluate an answer.

    Returns
    -------
    float or tuple of two floats
        A number, or the lowest and highest if the answer is an ``interval``.

    Raises
    ------
    AnswerError
        If it names a table, row, column or choice that does not exist.
    NotAvailableError
        If this run does not have a number that it needs.

    """
    if isinstance(node, int | float):
        return float(node)
    if "table" in node:
        if "at" in node:
            node = {**node, "at": answer(node["at"], sources)}
        return select(node, sources.tables)
    ((operation, operand),) = node.items()
    match operation:
        case "use":
            return answer(sources.shared[operand], sources)
        case "config":
            return _choice(operand, sources.choices)
        case "expression":
            return expressions.evaluate(operand, sources.published)
        case "interval":
            values = [answer(part, sources) for part in operand]
            return min(values), max(values)
    operands = operand if isinstance(operand, list) else [operand]
    values = [answer(part, sources) for part in operands]
    try:
        return COMBINATIONS[operation](*values)
    except ZeroDivisionError:
        raise NotAvailableError(f"the {operation} divides by a zero") from None


def _choice(path: str, choices: Mapping[str, object]) -> float:
    if path not in choices:
        raise AnswerError(f"config.yaml has no key {path!r}")
    return float(choices[path])


def parts(node, shared: Mapping[str, object]) -> Iterator[Mapping]:
    """Walk through an answer: every part that names a table, a choice or an expression."""
    if isinstance(node, int | float):
        return
    if "table" in node:
        yield node
        yield from parts(node.get("at", 0), shared)
    elif "use" in node:
        yield from parts(shared[node["use"]], shared)
    elif "config" in node or "expression" in node:
        yield node
    else:
        for operands in node.values():
            for operand in operands if isinstance(operands, list) else [operands]:
                yield from parts(operand, shared)


def expanded(node: object, shared: Mapping[str, object]) -> object:
    """An answer with references to shared answers replaced by these."""
    if isinstance(node, Mapping):
        if "use" in node:
            return expanded(shared[node["use"]], shared)
        return {key: expanded(value, shared) for key, value in node.items()}
    return [expanded(one, shared) for one in node] if isinstance(node, list) else node
