import sys

from welfare_added import logs
from welfare_added.audit.__main__ import main

if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    sys.exit(main(["verify"]))
