"""What is wrong with a district's tables, in words that its owner can act on."""

from dataclasses import dataclass

from welfare_added.run.errors import UserError


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with one table.

    Attributes
    ----------
    file
        The file, or the folder where it should be.
    what
        What is wrong.
    remedy
        What would be right.
    column
        The column or columns concerned, empty when it is the whole file.
    rows
        How many rows are concerned, 0 when it is no matter of rows.
    examples
        Up to three of them, with line numbers or keys.

    """

    file: str
    what: str
    remedy: str
    column: str = ""
    rows: int = 0
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Render as a few lines, the file first."""
        column = f", column {self.column}" if self.column else ""
        rows = f" ({self.rows} row{'s' if self.rows > 1 else ''})" if self.rows else ""
        lines = [f"{self.file}{column}: {self.what}{rows}"]
        lines += [f"    {example}" for example in self.examples]
        return "\n".join([*lines, f"    Remedy: {self.remedy}"])


class DistrictError(UserError):
    """The tables of a district cannot be used as they are.

    Attributes
    ----------
    problems
        All problems of one kind; a later kind is looked for once the earlier ones are mended.

    """

    def __init__(self, problems: list[Problem]):
        """Collect ``problems`` into one message."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def raise_any(problems: list[Problem]) -> None:
    """Raise a `DistrictError` when there is a problem."""
    if problems:
        raise DistrictError(problems)
