import sys

from welfare_added.audit.__main__ import main
from welfare_added.run.logs import logged

if "snakemake" in globals():
    with logged(snakemake.log[0]):
        sys.exit(main(["--paper", snakemake.params.paper, "verify"]))
