"""Write the report: one page of everything published, and one PDF of the exhibits."""

from pathlib import Path

import pandas as pd

from welfare_added.audit.manifest import manifest
from welfare_added.audit.trace import code_lines
from welfare_added.exhibits.output import read
from welfare_added.release.history import job_name, lineage
from welfare_added.release.release import key_of
from welfare_added.report.binder import write_binder
from welfare_added.report.exhibits import exhibit, shown_file, trace
from welfare_added.report.front import sentences
from welfare_added.report.page import Explorer, Head, render
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
    found_in = dict(zip(params.found_in, paths["found_in"], strict=True))
    head = Head(**params.head, findings=sentences(params.findings, found_in, params.choices))
    exhibits = [
        exhibit(one, folder, trace(provenance, shown_file(one["name"], folder), lines))
        for one in params.exhibits
    ]
    page = render(
        study=params.study,
        head=head,
        exhibits=exhibits,
        skipped=pd.read_csv(paths["skipped"]),
        claims=table(paths["claims"], dtype=str, keep_default_na=False),
        calibration=table(paths["calibration"]),
        explorer=explorer(params, paths) if params.explorer else None,
        no_explorer=params.no_explorer,
    )
    write_text(page, out.page)
    write_binder(head, params.exhibits, folder, out.exhibits)


def explorer(params, paths):
    tables = {name: read(paths[name]) for name in params.explorer}
    return Explorer(params.paper, explorer_data(params.paper)(tables, **params.explorer_choices))


def table(paths, **how):
    return pd.read_csv(paths[0], **how) if paths else None


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.params, snakemake.output)
