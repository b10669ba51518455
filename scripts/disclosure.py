"""Check every file that would be published."""

import json
from pathlib import Path

import pandas as pd

from welfare_added.disclosure.declarations import read
from welfare_added.disclosure.profiles import profile_of
from welfare_added.release.identifiers import Identifiers, identifiers_of, places
from welfare_added.release.scan import Rules, scan
from welfare_added.run import folders
from welfare_added.run.digests import sha256
from welfare_added.run.logs import logged
from welfare_added.run.writing import as_json, write_text


def main(paths, params, out):
    published = [*params.published, *filter(lambda one: Path(one).is_file(), params.on_request)]
    if params.restricted:
        raw = {table: paths[table] for table in params.tables if table in paths}
        rules = Rules(
            declared=read(Path(paths["declaration"]), Path(paths["schema"])),
            populations=pd.read_csv(paths["populations"]),
            profile=profile_of(params.profile, params.minimum),
            identifiers=Identifiers(
                identifiers_of(raw, params.identifiers, params.columns), places(params.source)
            ),
            private=Path(folders.private_folder(params.study, params.restricted)),
            manifest=json.loads(Path(paths["manifest"]).read_text("utf-8")),
            gates=frozenset(params.gates),
        )
        files = scan(Path(folders.public_folder(params.study)), published, rules)
    else:
        files = {path: sha256(path) for path in published}
    write_text(as_json({"restricted": params.restricted, "files": files}), out)


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        main(dict(snakemake.input.items()), snakemake.params, snakemake.output.verdicts)
