# For confidential records: tables pass a disclosure gate, and every published file is checked again. The paper
# makes populations.csv, the counts of persons (and schools) behind its numbers.
from welfare_added.disclosure.declarations import declared_units, published_choices, published_tables

DECLARATION = PAPER_FOLDER / "disclosure.yaml"
# When each table of the study is made: always, on request, or of confidential records only.
GATED = published_tables(DECLARATION, STUDY.meets)
ALWAYS = ("always", "of confidential records") if RESTRICTED else ("always",)
GATED_FILES = [f"{RESULTS}/{table}.csv" for table, made in GATED.items() if made in ALWAYS]
GATED_ON_REQUEST = [f"{RESULTS}/{table}.csv" for table, made in GATED.items() if made == "on request"]

if RESTRICTED:

    for GATED_TABLE in GATED:
        GATE = "_".join(["publish", *Path(GATED_TABLE).parts])

        rule:
            name: GATE
            message: "Withholding and rounding: {output.table}"
            input:
                table=f"{PRIVATE}/{GATED_TABLE}.csv",
                populations=f"{PRIVATE}/populations.csv",
                declaration=relative(DECLARATION),
                schema=relative(ROOT / "workflow/schemas/disclosure.schema.json"),
                code=code("publish"),
            output:
                table=f"{RESULTS}/{GATED_TABLE}.csv",
                withheld=f"{PRIVATE}/withheld/{GATED_TABLE}.csv",
            params:
                code=code_fingerprint("publish"),
                name=GATED_TABLE,
                **LIMITS,
            log: f"{LOGS}/{GATE}.log"
            conda:
                ENVIRONMENT
            script: script_path("publish")
