import json
from pathlib import Path

from welfare_added import logs, tables
from welfare_added.audit.manifest import manifest


def main(results, root, config, out):
    made = manifest(Path(results), Path(root), config)
    tables.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", out)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    params = snakemake.params
    main(params.results, params.root, params.choices, snakemake.output[0])
