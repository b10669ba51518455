# The raw tables checked and prepared.
from welfare_added.pay.frames import FRAMES

PAY_CHOICES = {**CHOICES["pay"], "years": CHOICES["district"]["years"]}


def raw_of(world):
    """Raw tables of a world, by name; a user's folder may lack optional ones."""
    return raw_tables(SOURCE, LAYOUT, made_in=of_world(world, "raw"))


def records_of(world):
    """Prepared records of a world, by name."""
    return {name: f"{of_world(world, 'records')}/{name}.parquet" for name in FRAMES}


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
