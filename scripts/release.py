"""Copy the published files that passed the scan to the release folder."""

import json
from functools import partial
from pathlib import Path

from welfare_added.disclosure.profiles import profile_of
from welfare_added.release.history import history, sources
from welfare_added.release.identifiers import Identifiers, identifiers_of, places
from welfare_added.release.release import key_of, readme, refuse_identifiers, release
from welfare_added.release.run_crate import as_crate
from welfare_added.run import folders
from welfare_added.run.logs import logged
from welfare_added.run.writing import as_json


def main(paths, params, out):
    passed = json.loads(Path(paths["verdicts"]).read_text("utf-8"))
    manifest = json.loads(Path(paths["manifest"]).read_text("utf-8"))
    profile = profile_of(params.profile, params.minimum) if params.restricted else None
    key = key_of(folders.KEY) if params.restricted else None
    private = folders.private_folder(params.study, params.restricted)
    told = private, key, params.tables, params.choices
    provenance = history(manifest, passed["files"], *told)
    if params.restricted:
        raw = {table: paths[table] for table in params.tables if table in paths}
        provenance["sources"] = sources(raw, params.tables, params.columns, profile.base)
    texts = {
        "README.md": readme(params.study, params.note, profile, passed["files"], params.units),
        "disclosure.json": as_json(passed),
        "history.json": as_json(provenance),
    }
    if params.restricted:
        named = identifiers_of(raw, params.identifiers, params.columns)
        refuse_identifiers(texts, Identifiers(named, places(params.source)))
    title = f"Results of the study {params.study}"
    crate = partial(as_crate, history=provenance, title=title, described=params.note or title)
    release(Path(out).parent, passed["files"], texts, crate)


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        main(dict(snakemake.input.items()), snakemake.params, snakemake.output[0])
