"""Stop if a district's tables hold anything improbable that is not confirmed."""

from welfare_added.district.improbable import read_warnings, refuse_unconfirmed
from welfare_added.run.logs import logged

if "snakemake" in globals():
    with logged(snakemake.log[0]):
        warnings = read_warnings(snakemake.input.warnings)
        refuse_unconfirmed(warnings, snakemake.params.confirmed)
