# Monte Carlo intervals of the paper's numbers, which are made on request and kept in the paper's folder (docs/claims.md).
from welfare_added.claims.intervals import CLAIMS as KEPT_CLAIMS
from welfare_added.claims.intervals import differences, is_stale

INTERVALS = [of_paper(KEPT_CLAIMS)] if (PAPER_FOLDER / KEPT_CLAIMS).is_file() else []
# Why they are not of this run's choices: then they are not used, and claims say so. None: none are kept.
INTERVALS_DIFFER = checked(differences, PAPER_FOLDER, config) if INTERVALS else None
INTERVALS_STALE = bool(INTERVALS) and is_stale(PAPER_FOLDER, code_fingerprint("world"))

if INTERVALS:

    rule kept_intervals:
        message: "Taking the kept effects of choices, and shares of intervals"
        input:
            choices=of_paper("intervals/choices.csv"),
            shares=of_paper("intervals/shares.csv"),
            delivered=of_paper("intervals/delivered.csv"),
            code=code("kept_intervals"),
        output:
            choices=f"{RESULTS}/worlds/choices.csv",
            shares=f"{RESULTS}/worlds/shares.csv",
            delivered=f"{RESULTS}/worlds/delivered.csv",
        params:
            code=code_fingerprint("kept_intervals"),
        log: f"{LOGS}/kept_intervals.log"
        conda:
            ENVIRONMENT
        script: script_path("kept_intervals")
