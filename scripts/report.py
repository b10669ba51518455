"""Write the report: one page of everything published."""

from pathlib import Path

import pandas as pd

from welfare_added.audit.manifest import manifest
from welfare_added.audit.trace import code_lines
from welfare_added.exhibits.output import read
from welfare_added.release.history import job_name, lineage
from welfare_added.release.release import key_of
from welfare_added.report.page import Explorer, exhibit, render, shown_file, trace
from welfare_added.report.parts import explorer_data
from welfare_added.run import folders
from welfare_added.run.job import job
from welfare_added.run.writing import write_text


def main(paths, params, out):
    root, folder = Path(params.root), Path(folders.public_folder(params.study))
    private = folders.private_folder(params.study, params.restricted)
    made = manifest(folders.RESULTS, root, {}, params.study)
    key = key_of(folders.KEY) if params.restricted else None
    provenance = lineage(made, paths["published"], private, key, params.tables)
    lines = {job_name(path): tuple(code_lines(one, root)) for path, one in made["jobs"].items()}
    exhibits = [
        exhibit(
            name, label, category, f"{caption}\n\n{params.note}", folder,
            trace(provenance, shown_file(name, folder), lines),
        )
        for name, label, category, caption in params.exhibits
    ]  # fmt: skip
    page = render(
        study=params.study,
        stamp=params.stamp,
        exhibits=exhibits,
        skipped=pd.read_csv(paths["skipped"]),
        claims=table(paths["claims"], dtype=str, keep_default_na=False),
        calibration=table(paths["calibration"]),
        explorer=explorer(params, paths) if params.explorer else None,
        no_explorer=params.no_explorer,
    )
    write_text(page, out)


def explorer(params, paths):
    tables = {name: read(paths[name]) for name in params.explorer}
    return Explorer(params.paper, explorer_data(params.paper)(tables, **params.explorer_choices))


def table(paths, **how):
    return pd.read_csv(paths[0], **how) if paths else None


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.params, snakemake.output.page)
