"""Values written into a YAML file as somebody wrote and commented it."""

from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter

WIDEST = 10_000  # lines stay as they are


def with_values(path: Path | str, values: Mapping) -> str:
    """Text of a YAML file with other numbers; comments, order and layout stay.

    values: nested as the file, each with a value there; those that are equal keep their digits.

    Raises
    ------
    KeyError
        If the file has no such key.

    """
    yaml = YAML()
    yaml.width, yaml.preserve_quotes = WIDEST, True
    yaml.Representer = _Representer
    content = yaml.load(Path(path).read_text(encoding="utf-8"))
    _set(content, values)
    text = StringIO()
    yaml.dump(content, text)
    return text.getvalue()


def _set(content: dict, values: Mapping) -> None:
    for key, value in values.items():
        if isinstance(value, Mapping):
            _set(content[key], value)
        elif content[key] != value:
            content[key] = value


class _Representer(RoundTripRepresenter):
    """Numbers such as 1.0e-05 with a point: without it YAML 1.1 reads a text."""

    def represent_float(self, value: float) -> ScalarNode:
        """The shortest text that is read as the same number."""
        text = repr(value)
        text = text if "." in text else text.replace("e", ".0e")
        return self.represent_scalar("tag:yaml.org,2002:float", text)


_Representer.add_representer(float, _Representer.represent_float)
