"""A study's records and arrays from its files and choices, as every job of it needs them."""

from collections.abc import Mapping
from pathlib import Path

from welfare_added.district.export import Export
from welfare_added.district.layout import read_layout
from welfare_added.district.reading import read_tables
from welfare_added.district.values import RawTables
from welfare_added.run.choices import read_yaml
from welfare_added.run.errors import UserError
from welfare_added.selection.model import Model, state_model
from welfare_added.selection.priors import read_priors
from welfare_added.transfers.design import Design, build_design
from welfare_added.transfers.records import Study
from welfare_added.transfers.synthetic_system import standards_of

STANDARDS = ("published", "sample")


def read_raw(files: Mapping[str, Path | str], export: Mapping) -> RawTables:
    """The raw tables; files: by name, with layout and layout_schema among them."""
    layout = read_layout(files["layout"], files["layout_schema"])
    return read_tables(layout.among(files), layout, Export(**export))


def study_of(files: Mapping[str, Path | str], chosen: Mapping) -> Study:
    """Years, grades and standards from the config.

    Parameters
    ----------
    files
        With inputs, the paper's published inputs.
    chosen
        years, grades, unlicensed, and standards: ``published`` or ``sample``.

    Raises
    ------
    UserError
        If standards is neither.

    """
    if chosen["standards"] not in STANDARDS:
        raise UserError(
            f"transfers.standards: {chosen['standards']!r}; want {' or '.join(STANDARDS)}"
        )
    published = chosen["standards"] == "published"
    return Study(
        years=tuple(chosen["years"]),
        grades=tuple(chosen["grades"]),
        standards=standards_of(read_yaml(files["inputs"])) if published else None,
        unlicensed=chosen["unlicensed"],
    )


def read_design(
    files: Mapping[str, Path | str], export: Mapping, chosen: Mapping, rankings: str
) -> tuple[RawTables, Design]:
    """Raw tables and arrays of a study.

    Parameters
    ----------
    files, export
        As of `read_raw` and `study_of`.
    chosen
        As of `study_of`, and most_ranked, teams and fallback (`build_design`).
    rankings
        Likelihood of the lists.

    """
    raw = read_raw(files, export)
    study = study_of(files, chosen)
    further = {name: chosen[name] for name in ("most_ranked", "teams", "fallback")}
    return raw, build_design(raw, study, rankings=rankings, **further)


def read_model(
    files: Mapping[str, Path | str], export: Mapping, chosen: Mapping, sampler: Mapping
) -> tuple[RawTables, Design, Model]:
    """Raw tables and arrays of a study, and its model as the sampler takes it.

    Parameters
    ----------
    files, export, chosen
        As of `read_design`.
    sampler
        rankings, the likelihood of the lists, and priors (`read_priors`).

    """
    raw, design = read_design(files, export, chosen, sampler["rankings"])
    priors = read_priors(sampler["priors"])
    return raw, design, state_model(design.system, sampler["rankings"], priors)
