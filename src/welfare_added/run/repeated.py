"""Find keys that a YAML file sets twice, of which a parser would take the last in silence."""

from collections.abc import Iterator
from pathlib import Path

import yaml


def repeated_keys(path: Path | str) -> list[str]:
    """One line per key that is set twice in the same place: the file, the key, both lines."""
    with Path(path).open(encoding="utf-8") as stream:
        node = yaml.compose(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return [f"{Path(path).name}: {text}" for text in _repeated(node, "")]


def _repeated(node: yaml.Node | None, above: str) -> Iterator[str]:
    if isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from _repeated(inner, above)
    if not isinstance(node, yaml.MappingNode):
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        path, line = f"{above}{key.value}", key.start_mark.line + 1
        if path in lines:
            yield f"{path} is set twice, in lines {lines[path]} and {line}; keep one"
        lines[path] = line
        yield from _repeated(value, f"{path}.")
