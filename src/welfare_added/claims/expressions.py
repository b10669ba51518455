"""Evaluate the paper's own arithmetic from the numbers that it states."""

import ast
import math
import operator
from collections.abc import Callable, Mapping

from welfare_added.run.errors import UserError

OPERATORS: Mapping[type, Callable] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


class ExpressionError(UserError):
    """An expression that uses something other than numbers, claims, + - * / ** and FUNCTIONS."""


def annuity(rate: float, first: float, last: float, back_to: float) -> float:
    """Present value at age ``back_to`` of one dollar at every age from ``first`` to ``last``.

    Eastmond et al. (2024), section 5.1.2: both ends count, ``rate`` is net of growth.
    """
    ages = range(round(first), round(last) + 1)
    return math.fsum((1 + rate) ** -(age - back_to) for age in ages)


def log10_factorial(number: float) -> float:
    """Decimal logarithm of ``number`` factorial, by the gamma function; fractions are allowed."""
    return math.lgamma(number + 1) / math.log(10)


def number_of_log10_factorial(log10: float) -> float:
    """Number whose factorial has the decimal logarithm ``log10``, zero or more; at least 1.

    The factorial is that of `log10_factorial`, which rises from 1 on, so that there is one.
    """
    from scipy.optimize import brentq  # late: a third of a second to load

    below, above = 1.0, 2.0
    while log10_factorial(above) < log10:
        above *= 2
    return float(brentq(lambda number: log10_factorial(number) - log10, below, above, xtol=1e-12))


def positive(*numbers: float) -> float:
    """How many of the numbers are above zero."""
    return float(sum(number > 0 for number in numbers))


FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "abs": abs,
    "annuity": annuity,
    "log10": math.log10,
    "log10_factorial": log10_factorial,
    "max": max,
    "min": min,
    "number_of_log10_factorial": number_of_log10_factorial,
    "positive": positive,
    "sqrt": math.sqrt,
}


def names(expression: str) -> set[str]:
    """Claims that an expression refers to: ``id``, or ``id.low`` and ``id.high`` of a range.

    A cell of a published table has an id of several parts, ``table_3.row.column``.

    Raises
    ------
    ExpressionError
        If the expression cannot be read, or holds anything that is not allowed.

    """
    ids: set[str] = set()
    evaluate(expression, lambda name: ids.add(name) or 1.0, check_only=True)
    return ids


def evaluate(
    expression: str, value_of: Callable[[str], float], *, check_only: bool = False
) -> float:
    """Evaluate an expression over named numbers without running it as Python.

    Parameters
    ----------
    expression
        Numbers, names, names with dots, ``+ - * / **``, parentheses and FUNCTIONS.
    value_of
        Gives the number behind a name, written as in the expression.
    check_only
        Check every part without calculating.

    Raises
    ------
    ExpressionError
        If the expression cannot be read, or holds anything else.

    """
    try:
        tree = ast.parse(expression, mode="eval")
    except SyntaxError as error:
        raise ExpressionError(f"cannot read the expression {expression!r}: {error.msg}") from None

    def visit(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=value) if type(value) in (int, float):
                return value
            case ast.Name(id=name):
                return value_of(name)
            case ast.Attribute() if name := _dotted(node):
                return value_of(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -visit(operand)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in OPERATORS:
                sides = visit(left), visit(right)
                return 1.0 if check_only else OPERATORS[type(sign)](*sides)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                values = [visit(argument) for argument in args]
                return 1.0 if check_only else FUNCTIONS[name](*values)
        part = ast.unparse(node)
        raise ExpressionError(
            f"the expression {expression!r} holds {part!r}; allowed are numbers, claims' ids, "
            f"+ - * / **, parentheses and {', '.join(FUNCTIONS)}"
        )

    return float(visit(tree.body))


def _dotted(node: ast.expr) -> str:
    """Name of several parts, as ``table_3.row.column``; empty if the node is something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and "__" not in node.attr:
        above = _dotted(node.value)
        return f"{above}.{node.attr}" if above else ""
    return ""
