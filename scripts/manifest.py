import json
from pathlib import Path

from welfare_added.audit.manifest import manifest, run_of
from welfare_added.run.folders import RESULTS
from welfare_added.run.logs import logged
from welfare_added.run.writing import as_json, write_text


def main(root, study, config, out):
    made = manifest(RESULTS, Path(root), config, study)
    write_text(as_json(made), out.manifest)
    # A script, because a page that is opened from a file cannot read JSON.
    write_text(f"window.welfareAddedRun = {json.dumps(run_of(made))};\n", out.run)


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        main(
            snakemake.params.root,
            snakemake.params.study,
            snakemake.params.choices,
            snakemake.output,
        )
