# Standard errors by school: replications in jobs, which a second run resumes. The synthetic district's are kept in the
# paper's folder (`make bootstrap`), and a run of the same choices reads them there.
from welfare_added.resampling.declaration import batches, choices_from, fits, source

BOOTSTRAP = config["bootstrap"]
KEPT_ERRORS = {name: of_paper(f"bootstrap/{name}") for name in ("standard_errors.csv", "provenance.json")}
KEPT_ERRORS_FIT = SYNTHETIC and fits(KEPT_ERRORS["provenance.json"], source(config, PAPER_FOLDER))
ERRORS_MADE = BOOTSTRAP["standard_errors"] == "made"
if ERRORS_MADE or (BOOTSTRAP["standard_errors"] == "kept" and KEPT_ERRORS_FIT):
    KEPT = KEPT | {"bootstrap"}
ERRORS_FILES = [f"{PRIVATE}/bootstrap.csv"] if "bootstrap" in KEPT else []
BATCHES = batches(BOOTSTRAP["replications"], BOOTSTRAP["batch"])
REPLICATED = choices_from(config)


rule bootstrap_replications:
    message: "Drawing schools with replacement: replications {wildcards.first} to {wildcards.last}"
    input:
        students=f"{PRIVATE}/district/students.parquet",
        code=code("bootstrap_replications"),
    output:
        replications=f"{PRIVATE}/bootstrap/replications_{{first}}_{{last}}.csv",
    wildcard_constraints:
        first=r"\d+",
        last=r"\d+",
    params:
        code=code_fingerprint("bootstrap_replications"),
        choices=REPLICATED,
        seed=BOOTSTRAP["seed"],
        first=lambda wildcards: int(wildcards.first),
        last=lambda wildcards: int(wildcards.last),
    resources: **needs(mb=200, minutes=20)
    log: f"{LOGS}/bootstrap_replications_{{first}}_{{last}}.log"
    conda:
        ENVIRONMENT
    script: script_path("bootstrap_replications")


rule standard_errors:
    message: "Computing standard errors from {params.replications} replications"
    input:
        students=f"{PRIVATE}/district/students.parquet",
        replications=[f"{PRIVATE}/bootstrap/replications_{first}_{last}.csv" for first, last in BATCHES],
        code=code("standard_errors"),
    output:
        errors=f"{PRIVATE}/bootstrap/standard_errors.csv",
        provenance=f"{PRIVATE}/bootstrap/provenance.json",
    params:
        code=code_fingerprint("standard_errors"),
        choices=REPLICATED,
        level=BOOTSTRAP["level"],
        source=source(config, PAPER_FOLDER),
        replications=BOOTSTRAP["replications"],
    log: f"{LOGS}/standard_errors.log"
    conda:
        ENVIRONMENT
    script: script_path("standard_errors")


# Whether kept or made, they must be of the very gains that this run computes.
rule bootstrap_table:
    message: "Standard errors by school, checked against this run's gains"
    input:
        errors=rules.standard_errors.output.errors if ERRORS_MADE else KEPT_ERRORS["standard_errors.csv"],
        frontiers=f"{PRIVATE}/frontiers.csv",
        code=code("bootstrap_table"),
    output:
        table=f"{PRIVATE}/bootstrap.csv",
    params:
        code=code_fingerprint("bootstrap_table"),
    log: f"{LOGS}/bootstrap_table.log"
    conda:
        ENVIRONMENT
    script: script_path("bootstrap_table")


rule bootstrap:
    message: "Standard errors by school are in {input.errors}"
    input:
        errors=rules.standard_errors.output.errors,
        provenance=rules.standard_errors.output.provenance,
