"""Explain violations of a JSON schema in plain words."""

from collections.abc import Callable, Iterator

from jsonschema import Draft202012Validator, ValidationError, validators

MOST = 300  # characters of a message, which may repeat all of a value


def dotted(path: list) -> str:
    """Path of keys to a value, as welfare.tax_rate."""
    return ".".join(map(str, path)) or "the top level"


def faults(content: dict, schema: dict, place: Callable[[list], str] = dotted) -> list[str]:
    """One line per problem: the key, its value and what is allowed.

    place: text for the path of keys to a value. Two keywords are added to JSON Schema 2020-12:
    ``ascending``, numbers in ascending order, and ``grid``, first and last number and a positive
    step.
    """
    errors = VALIDATOR(schema).iter_errors(content)
    ordered = sorted(errors, key=lambda e: [str(part) for part in e.path])
    return list(dict.fromkeys(f"{place(list(e.path))}: {_explain(e)}" for e in ordered))


def _explain(error) -> str:
    wanted = error.schema.get("description")
    known = error.schema.get("properties")
    if error.validator == "additionalProperties" and known:
        allowed, unknown = ", ".join(known), sorted(set(error.instance) - set(known))
        return f"unknown key {', '.join(unknown)}; known keys are {allowed}"
    if error.validator == "required":
        missing = sorted(set(error.schema["required"]) - set(error.instance))
        return f"missing key {', '.join(missing)}"
    if error.validator == "enum":
        allowed = ", ".join(str(value) for value in error.schema["enum"])
        return f"{error.instance!r} is not one of {allowed}"
    if error.validator == "not":
        section = isinstance(error.instance, dict)  # its description says what is forbidden
        return wanted if section else f"{error.instance!r} is not allowed; wanted: {wanted}"
    return error.message[:MOST] + (f"; wanted: {wanted}" if wanted else "")


def _ascending(_validator, _wanted, value, _schema) -> Iterator[ValidationError]:
    """Keyword ``ascending`` of our schemas: numbers in ascending order."""
    if _numbers(value) and value != sorted(value):
        pair = f"{value[0]} comes after {value[-1]}; write the smaller one first"
        yield ValidationError(pair if len(value) == 2 else f"{value} is not in ascending order")


def _grid(_validator, _wanted, value, _schema) -> Iterator[ValidationError]:
    """Keyword ``grid`` of our schemas: first number, last number and a positive step."""
    if _numbers(value) and len(value) == 3 and (value[0] > value[1] or value[2] <= 0):
        yield ValidationError("wanted first, last and a step above zero, as 0.0, 4.9, 0.1")


def _numbers(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, int | float) for one in value)


VALIDATOR = validators.extend(Draft202012Validator, {"ascending": _ascending, "grid": _grid})
