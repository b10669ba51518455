"""What a district's tables hold that is possible but improbable, and the user's confirmations."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from welfare_added.district.problems import DistrictError, Problem

CHECKS = (
    *("score_codes", "score_ceiling", "score_scale", "score_resemblance", "score_copies"),
    *("placeholder_teachers", "identifier_forms", "found_again", "teacher_years"),
    *("student_progress", "student_traits", "class_sizes", "gaps", "sample_shrinks"),
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Improbable(Problem):
    """Something improbable in one table, which the user corrects or confirms.

    Attributes
    ----------
    check
        Which check found it: one of `CHECKS`, the key of district.confirmed. Examples are figures
        of years and schools, never rows.

    """

    check: str = ""

    def __str__(self) -> str:
        """Render as a few lines, with the key that confirms it."""
        key = f"district.confirmed.{self.check}: true in config.yaml"
        return f"{super().__str__()}\n    If your records are right as they are: {key}"


class ImprobableError(DistrictError):
    """Tables with something improbable that is neither corrected nor confirmed."""


def read_warnings(path: Path | str) -> list[Improbable]:
    """Warnings from a JSON file, one object of the attributes each."""
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    return [Improbable(**{**one, "examples": tuple(one["examples"])}) for one in content]


def unconfirmed(warnings: Sequence[Improbable], confirmed: Mapping[str, bool]) -> list[Improbable]:
    """Those of some warnings whose check the user has not confirmed (district.confirmed)."""
    return [one for one in warnings if not confirmed[one.check]]


def refuse_unconfirmed(warnings: Sequence[Improbable], confirmed: Mapping[str, bool]) -> None:
    """Stop at what is improbable and not confirmed; what is confirmed is logged.

    Raises
    ------
    ImprobableError
        If a warning's check is not confirmed in ``confirmed`` (check to bool); lists them all.

    """
    for one in warnings:
        if confirmed[one.check]:
            log.warning("confirmed by district.confirmed.%s: %s", one.check, Problem.__str__(one))
    left = unconfirmed(warnings, confirmed)
    if left:
        raise ImprobableError(left)
