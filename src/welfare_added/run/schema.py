"""Explain violations of a JSON schema in plain words."""

from collections.abc import Iterator

from jsonschema import Draft202012Validator, ValidationError, validators


def faults(content: dict, schema: dict) -> list[str]:
    """One line per problem: the key, its value and what is allowed.

    Two keywords are added to JSON Schema 2020-12: ``ascending``, numbers in ascending order, and
    ``grid``, first and last number and a positive step.
    """
    errors = VALIDATOR(schema).iter_errors(content)
    return [_explain(e) for e in sorted(errors, key=lambda e: [str(part) for part in e.path])]


def _explain(error) -> str:
    place = ".".join(str(part) for part in error.path) or "the top level"
    wanted = error.schema.get("description") if isinstance(error.schema, dict) else None
    if error.validator == "additionalProperties":
        allowed = ", ".join(error.schema["properties"])
        unknown = sorted(set(error.instance) - set(error.schema["properties"]))
        return f"{place}: unknown key {', '.join(unknown)}; known keys are {allowed}"
    if error.validator == "required":
        missing = sorted(set(error.schema["required"]) - set(error.instance))
        return f"{place}: missing key {', '.join(missing)}"
    if error.validator == "enum":
        allowed = ", ".join(str(value) for value in error.schema["enum"])
        return f"{place}: {error.instance!r} is not one of {allowed}"
    if error.validator == "not":
        return f"{place}: {error.instance!r} is not allowed; wanted: {wanted}"
    return f"{place}: {error.message}" + (f"; wanted: {wanted}" if wanted else "")


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
