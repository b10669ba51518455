"""Choices of config.yaml that are one of several names."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from welfare_added.run.errors import UserError

Content = TypeVar("Content")


def check_option(name: str, chosen: str, allowed: Collection[str]) -> None:
    """Raise UserError, with the names that are allowed, if a choice is none of them.

    name: of the choice, with its section: ``district.size``.
    """
    if chosen not in allowed:
        raise UserError(f"config.yaml: {name} is '{chosen}'; choose one of {', '.join(allowed)}")


def option_of(name: str, chosen: str, options: Mapping[str, Content]) -> Content:
    """What a choice stands for; arguments and error as of `check_option`."""
    check_option(name, chosen, options)
    return options[chosen]
