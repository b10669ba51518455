"""One page of everything published."""

from pathlib import Path

import pandas as pd

from welfare_added.audit.commands import RESULTS
from welfare_added.audit.manifest import manifest
from welfare_added.audit.trace import code_lines
from welfare_added.exhibits.output import read
from welfare_added.release.history import job_name, lineage
from welfare_added.release.release import key_of
from welfare_added.report.explorer import explorer_data
from welfare_added.report.page import exhibit, render, trace
from welfare_added.run import choices
from welfare_added.run.digests import KEY
from welfare_added.run.job import job
from welfare_added.run.writing import write_text


def main(paths, params, out):
    root, folder = Path(params.root), RESULTS / params.study
    private = choices.private_folder(params.study, params.restricted)
    made = manifest(RESULTS, root, {}, params.study)
    key = key_of(Path(choices.PRIVATE) / KEY) if params.restricted else None
    told = lineage(made, paths["published"], private, key)
    lines = {job_name(path): tuple(code_lines(one, root)) for path, one in made["jobs"].items()}
    exhibits = [
        exhibit(
            name, folder, Path(caption), params.note, trace(told, main_file(name, folder), lines)
        )
        for name, caption in params.captions.items()
    ]
    names = ("frontiers", "gaps", "winners", "earnings", "subjects", "headlines", "mvpf", "exact")
    tables = {name: read(paths[name]) for name in names if name in paths}
    claims, calibration = paths.get("claims"), paths.get("calibration")
    page = render(
        study=params.study,
        stamp=params.stamp,
        exhibits=exhibits,
        skipped=pd.read_csv(paths["skipped"]),
        explorer=explorer_data(tables, params.tax_rate),
        claims=claims and pd.read_csv(claims, dtype=str, keep_default_na=False),
        calibration=calibration and pd.read_csv(calibration),
    )
    write_text(page, out)


def main_file(name, folder):
    kind = "figures/{}.png" if name.startswith("figure") else "tables/{}.csv"
    return f"{folder.name}/{kind.format(name)}"


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.params, snakemake.output.page)
