import json
from pathlib import Path

from welfare_added.audit.manifest import manifest
from welfare_added.run import writing
from welfare_added.run.folders import RESULTS
from welfare_added.run.logs import logged


def main(root, study, config, out):
    made = manifest(RESULTS, Path(root), config, study)
    writing.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", out)


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        main(
            snakemake.params.root,
            snakemake.params.study,
            snakemake.params.choices,
            snakemake.output[0],
        )
