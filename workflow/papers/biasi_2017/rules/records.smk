# The raw tables checked and prepared.
PAY_CHOICES = {**CHOICES["pay"], "years": CHOICES["district"]["years"]}


RECORD_FILES = [path for world in WORLDS for path in records_of(world).values()]

for WORLD in WORLDS:

    rule:
        name: f"records{WORLDS[WORLD]}"
        message: "Checking the state's raw tables, and preparing teacher-years, cells and districts"
        input:
            **raw_of(WORLD),
            **LAYOUT_FILES,
            code=code("records"),
        output:
            **records_of(WORLD),
        params:
            code=code_fingerprint("records"),
            export=EXPORT,
            chosen=PAY_CHOICES,
        priority: 3  # all other jobs wait for it
        resources: **needs(mb=40)
        log: f"{LOGS}/records{WORLDS[WORLD]}.log"
        conda:
            ENVIRONMENT
        script: script_path("records")


CHECK_CHOICES = {"chosen": PAY_CHOICES}
