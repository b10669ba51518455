"""Tables of stated numbers in a paper's README, made from claims.csv."""

import re

import pandas as pd

from welfare_added.claims.digits import shown
from welfare_added.run.errors import AuditError

MARKED = re.compile(
    r"(<!-- numbers: ([a-z0-9_. ]+) -->\n).*?(<!-- end of numbers -->\n)", re.DOTALL
)
HEAD = "| | published | this run | mean | 90% interval | |\n|---|---|---|---|---|---|\n"


def with_numbers(text: str, claims: pd.DataFrame) -> str:
    """A README's text with the tables of numbers renewed.

    Parameters
    ----------
    text
        With ``<!-- numbers: <claim> <claim> -->`` before each table and ``<!-- end of numbers -->``
        after it; unchanged if there are none.
    claims
        claims.csv as text.

    Raises
    ------
    AuditError
        If a mark names what is no claim.

    """
    by_id = claims.set_index("id")

    def made(match: re.Match) -> str:
        names = match[2].split()
        if unknown := [name for name in names if name not in by_id.index]:
            raise AuditError(f"README.md: numbers: {', '.join(unknown)} is no claim of this run")
        rows = "".join(_row(by_id.loc[name]) for name in names)
        return f"{match[1]}\n{HEAD}{rows}\n{match[3]}"

    return MARKED.sub(made, text)


def _row(claim: pd.Series) -> str:
    """Published, reproduced, Monte Carlo mean and 90% interval, and verdict."""
    digit = float(claim["digit"] or 0)

    def number(name: str) -> str:
        ends = claim.get(name, "").split(" to ")
        return " to ".join(shown(float(end), digit) for end in ends if end) or "–"

    low, high = number("interval_low"), number("interval_high")
    interval = "–" if low == "–" else f"{low}; {high}" if " to " in low else f"{low} to {high}"
    wide = " (wide)" if claim.get("wide") else ""
    bound = claim["bound"].replace("_", " ")
    cells = (
        f"{claim['quantity']} [{claim['unit']}]",
        f"{bound} {number('published')}".strip(),
        number("reproduced"),
        number("interval_mean"),
        f"{interval}{wide}",
        claim["verdict"],
    )
    return f"| {' | '.join(cells)} |\n"
