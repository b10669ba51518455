"""Last lines of `make reproduce`: identical, the same numbers, or other numbers."""

from collections.abc import Mapping

from welfare_added.audit.reference import SAME, Outcome

SHOWN = 20


def ending(outcome: Outcome) -> str:
    """How a run compares with the published one: one of three statements, and the reasons."""
    if outcome.identical:
        return f"Identical to the reference: all {outcome.compared} files, byte for byte."
    if outcome.same_numbers:
        return "\n".join([_same(outcome), *_why(outcome)])
    return "\n".join([*_other(outcome), *_why(outcome)])


def _same(outcome: Outcome) -> str:
    text = (
        f"The same numbers as the reference. The bytes of {len(outcome.files)} files of "
        f"{outcome.compared} differ; "
    )
    if not outcome.tables:
        return f"{text}no table does (figures, pages or stored arrays do)."
    worst = outcome.tables[0]
    return (
        f"{text}the largest difference in a table is {worst.largest:.2g} ({worst.table}, column "
        f"{worst.column}: {worst.relative:.1g} of its largest value)."
    )


def _other(outcome: Outcome) -> list[str]:
    lines = [
        f"Other numbers than the reference: {len(outcome.files)} files differ of "
        f"{outcome.compared}."
    ]
    for table in [one for one in outcome.tables if one.relative > SAME][:SHOWN]:
        if table.column:
            how = f"column {table.column} by {table.largest:.3g} at most ({table.relative:.2g})"
        else:
            how = "rows, columns or text differ"
        lines.append(f"    {table.table}: {how}")
    numbers = outcome.numbers
    lines.append(f"{len(numbers)} of the paper's numbers come out differently:")
    for row in numbers.sort_values("difference", ascending=False, kind="stable").itertuples():
        relative = f"relative difference {row.difference:.2g}"
        lines.append(f"    {row.id}: {row.here} here, {row.reference} in the reference, {relative}")
    more = len(numbers) - SHOWN
    return lines if more <= 0 else [*lines[:-more], f"    and {more} smaller ones"]


def _why(outcome: Outcome) -> list[str]:
    """Choices that differ; if none does, differences of Python, processor and packages."""
    if outcome.other_choices:
        return [
            "Choices that differ:",
            *_listed(outcome.other_choices),
        ]
    lines = ["No choice differs."]
    if outcome.other_machine:
        lines += ["Packages or processor do:", *_listed(outcome.other_machine)]
    else:
        lines.append("Nor do packages or processor: code does, or a file was edited (make verify).")
    return lines


def _listed(different: Mapping[str, tuple[object, object]]) -> list[str]:
    lines = [
        f"    {key}: {_word(now)} here, {_word(then)} in the reference"
        for key, (then, now) in different.items()
    ]
    return lines[:SHOWN] + ([f"    and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else [])


def _word(value: object) -> str:
    return "none" if value is None else str(value)
