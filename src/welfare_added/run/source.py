"""Where the package's modules are: in a project's own src, or where the package is installed."""

from pathlib import Path

SRC = "src"


def source_folder(root: Path) -> Path:
    """Folder that holds the package ``welfare_added`` for a project."""
    own = root / SRC
    return own if (own / "welfare_added").is_dir() else Path(__file__).parents[2]


def module_name(path: Path, root: Path) -> str:
    """Path of a module below the project, the same wherever the package is."""
    source = source_folder(root)
    if path.is_relative_to(source):
        return f"{SRC}/{path.relative_to(source).as_posix()}"
    return path.relative_to(root).as_posix()
