# Not part of the default run: `make intervals` copies the results to the paper's folder intervals, which is committed.
# One job a world; what an interrupted run has made is kept.
from welfare_added.intervals.declaration import READINGS
from welfare_added.intervals.declaration import read as read_declared

INTERVALS_YAML = of_paper("intervals.yaml")
DECLARED = checked(read_declared, PAPER_FOLDER / "intervals.yaml", ROOT / "workflow/schemas/intervals.schema.json")
WORLDS = f"{RESULTS}/intervals/worlds"
WORLD_INPUTS = {
    "declaration": INTERVALS_YAML,
    "schema": relative(ROOT / "workflow/schemas/intervals.schema.json"),
    "parameters": of_paper("calibration/parameters.yaml"),
    "targets": of_paper("calibration/inputs.yaml"),
}
CLAIM_INPUTS = {
    "claims": of_paper("claims.yaml"),
    "claims_schema": relative(ROOT / "workflow/schemas/claims.schema.json"),
}
# The choices of a world: the default ones of the paper, as this run has them.
WORLD_CHOICES = {section: config[section] for section in ("district", "value_added", "allocation", "welfare")}


rule world:
    message: "World {wildcards.number}, {wildcards.reading}: answers of all claims"
    input:
        **WORLD_INPUTS,
        **CLAIM_INPUTS,
        code=code("world"),
    output:
        answers=f"{WORLDS}/{{reading}}/{{number}}.csv",
    wildcard_constraints:
        reading="|".join(READINGS),
        number=r"\d+",
    params:
        code=code_fingerprint("world"),
        choices=WORLD_CHOICES,
    log: f"{LOGS}/world_{{reading}}_{{number}}.log"
    conda:
        ENVIRONMENT
    script: script_path("world")


rule world_choices:
    message: "World {wildcards.number}: headline numbers under each open choice"
    input:
        **WORLD_INPUTS,
        code=code("world_choices"),
    output:
        headlines=f"{WORLDS}/choices/{{number}}.csv",
    wildcard_constraints:
        number=r"\d+",
    params:
        code=code_fingerprint("world_choices"),
        choices=WORLD_CHOICES,
    log: f"{LOGS}/world_choices_{{number}}.log"
    conda:
        ENVIRONMENT
    script: script_path("world_choices")


rule world_delivered:
    message: "World {wildcards.number}: gains claimed and delivered, true correlation {wildcards.position}"
    input:
        **WORLD_INPUTS,
        code=code("world_delivered"),
    output:
        gains=f"{WORLDS}/delivered/{{position}}_{{number}}.csv",
    wildcard_constraints:
        position=r"\d+",
        number=r"\d+",
    params:
        code=code_fingerprint("world_delivered"),
        choices=WORLD_CHOICES,
    log: f"{LOGS}/world_delivered_{{position}}_{{number}}.log"
    conda:
        ENVIRONMENT
    script: script_path("world_delivered")


rule intervals:
    message: "Summarising the worlds: intervals of claims, shares, effects of choices"
    input:
        **WORLD_INPUTS,
        **CLAIM_INPUTS,
        **{
            reading: [f"{WORLDS}/{reading}/{number}.csv" for number in range(DECLARED.worlds)]
            for reading in READINGS
        },
        choices=[f"{WORLDS}/choices/{number}.csv" for number in range(DECLARED.choice_worlds)],
        delivered=[
            f"{WORLDS}/delivered/{position}_{number}.csv"
            for position in range(len(DECLARED.correlations))
            for number in range(DECLARED.correlation_worlds)
        ],
        code=code("intervals"),
    output:
        claims=f"{RESULTS}/intervals/claims.csv",
        shares=f"{RESULTS}/intervals/shares.csv",
        choices=f"{RESULTS}/intervals/choices.csv",
        delivered=f"{RESULTS}/intervals/delivered.csv",
        provenance=f"{RESULTS}/intervals/provenance.json",
    params:
        code=code_fingerprint("intervals"),
        worlds_code=code_fingerprint("world"),
        choices=WORLD_CHOICES,
    log: f"{LOGS}/intervals.log"
    conda:
        ENVIRONMENT
    script: script_path("intervals")
