import sys

from welfare_added.audit.__main__ import main
from welfare_added.run import logs

if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    sys.exit(main(["verify"]))
