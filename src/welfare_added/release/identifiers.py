"""Search texts for identifiers of students, teachers, classes and schools, and for paths."""

import getpass
import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from welfare_added.district.columns import as_text
from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.table_files import TableFiles
from welfare_added.district.text_tables import read_text_table

WORD = re.compile(r"[^\W_]+")
FOLDERS = re.compile(
    r"(?<![\w:/.])(/(home|Users|root|tmp|mnt|media|srv|data|work|var|opt)/\S+|[A-Z]:\\\S+)"
)
# Shorter identifiers are not searched for: counts and words of a report would match by chance.
SHORTEST = {"digits": 9, "letters": 5, "both": 4}
LONG = 8  # shortest identifier searched for in binary content
GENERIC_NAMES = {"root", "user", "localhost"}


class Identifiers:
    """Identifiers and places that no published file may contain.

    Short numbers are not searched for: in tables, the only place where they could identify a
    person, each column's values are declared instead.
    """

    def __init__(self, names: Iterable[str], places: Iterable[str] = ()):
        """Take identifiers of persons, classes and schools, and texts that reveal a place."""
        self.by_first: dict[str, set[str]] = {}
        for name in {str(name).strip() for name in names}:
            if is_distinctive(name):
                self.by_first.setdefault(WORD.findall(name)[0], set()).add(name)
        words = "|".join(re.escape(place) for place in sorted(set(places)) if len(place) > 2)
        self.places = re.compile(rf"(?<!\w)({words})(?!\w)") if words else None

    def matches(self, text: str, binary: bool = False) -> Iterator[str]:
        """Describe what a text contains, without repeating it; at most one match of a kind.

        binary: decoded bytes, in which only long identifiers do not occur by chance.
        """
        named = (
            name
            for match in WORD.finditer(text)
            for name in self.by_first.get(match[0], ())
            if _occurs_whole(name, text, match.start()) and not (binary and len(name) < LONG)
        )
        if name := next(named, None):
            yield f"an identifier of the raw tables ({len(name)} characters long)"
        if self.places and self.places.search(text):
            yield "the folder, user or host of the records"
        elif not binary and FOLDERS.search(text):
            yield "a path"


def is_distinctive(name: str) -> bool:
    """Whether an identifier is long enough not to occur by chance."""
    kind = "digits" if name.isdigit() else "letters" if name.isalpha() else "both"
    return bool(WORD.search(name)) and len(name) >= SHORTEST[kind]


def _occurs_whole(name: str, text: str, at: int) -> bool:
    """Whether the whole identifier occurs where its first word was matched."""
    begin = at - WORD.search(name).start()
    after = text[begin + len(name) : begin + len(name) + 1]
    return begin >= 0 and text.startswith(name, begin) and not after.isalnum()


def identifiers_of(
    tables: Mapping[str, Path | str | Iterable[Path | str]],
    columns: Iterable[str],
    names: Mapping[str, Mapping[str, str]],
) -> set[str]:
    """Every identifier in a user's raw tables, as it is written there.

    Parameters
    ----------
    tables
        File, or files, of each table.
    columns
        Our names of the columns that hold identifiers, in whatever table.
    names
        The user's own names of columns (district.columns).

    Raises
    ------
    DistrictError
        If a file cannot be read.

    """
    identifiers: set[str] = set()
    problems: list[Problem] = []
    for table, files in tables.items():
        own = {names.get(table, {}).get(column, column) for column in columns}
        for path in TableFiles.of(files).paths:
            rows = read_text_table(path, problems)
            for column in own & set(rows.column_names):
                identifiers.update(as_text(rows[column]).drop_null().unique().to_pylist())
    raise_any(problems)
    return identifiers


def places(source: str) -> set[str]:
    """Texts that reveal where the records are: their folder, this one, user and host."""
    folder = Path(source)
    texts = {str(folder.resolve()), str(Path.cwd()), str(Path.home())}
    texts |= {getpass.getuser(), socket.gethostname()} - GENERIC_NAMES
    return texts | ({source} if len(folder.parts) > 1 else set())
