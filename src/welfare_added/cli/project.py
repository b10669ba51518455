"""Make a project folder of one's own: workflow, choices, and a README with its commands."""

from pathlib import Path

from welfare_added.cli.parts import PARTS, TEMPLATE, copy_part
from welfare_added.run.choices import paper_folder
from welfare_added.run.errors import UserError

README = Path(__file__).with_name("readme.md")


def template_folder() -> Path:
    """Folder with the parts of a project: beside the modules if installed, else the repository."""
    package = Path(__file__).parents[1]
    installed = package / TEMPLATE
    return installed if installed.is_dir() else package.parents[1]


def new_project(folder: Path, paper: str) -> None:
    """Write a project into a new or empty folder.

    Raises UserError if the folder holds something, or there is no such paper.
    """
    template = template_folder()
    paper_folder(template, paper)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder}: holds something already; name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        copy_part(template / part, folder / part)
    _choose(folder / "config.yaml", paper)
    text = README.read_text(encoding="utf-8").format(name=folder.resolve().name, paper=paper)
    (folder / "README.md").write_text(text, encoding="utf-8")
    (folder / ".gitignore").write_text("results/\nrelease/\n.snakemake/\n", encoding="utf-8")


def _choose(config: Path, paper: str) -> None:
    """Name the paper in config.yaml, whose comments stay."""
    lines = config.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith("paper:"))
    comment = lines[at].partition("#")[2]
    lines[at] = f"{f'paper: {paper}':<32}#{comment}"
    config.write_text("".join(lines), encoding="utf-8")


def require_project(folder: Path) -> None:
    """Raise UserError, with what to do, if a folder is no project."""
    if not all((folder / name).is_file() for name in ("Snakefile", "config.yaml")):
        raise UserError(
            f"{folder}: no project, it lacks Snakefile or config.yaml. Go to a project's folder, "
            "or make one: welfare-added new FOLDER"
        )
