# Several districts: for each a Snakemake module of all rules, with its own results and audit.


include: "../../rules/common.smk"


PARTITION = config["partition"]
STATE = config["district"]["source"]
PARTS_FOLDER = f"{PRIVATE}/partition"
DISTRICTS = config["districts"] or folders_in(PARTS_FOLDER)
DONE = []


if PARTITION:

    include: "../../rules/partition.smk"


for DISTRICT in DISTRICTS:
    OWN = f"district_{DISTRICT}"
    OWN_ = f"{DISTRICT}_"

    module:
        name: OWN
        snakefile: "study.smk"
        config: choices.one_district(config, DISTRICT, PARTS_FOLDER if PARTITION else STATE)

    use rule * from OWN as OWN_*

    DONE += getattr(rules, f"{DISTRICT}_done").input


include: "rules/districts.smk"


ALL_FILES = [DONE, rules.districts.output] if DISTRICTS else rules.partition.output
DONE_MESSAGE = "All districts are done" if DISTRICTS else "The tables are split; run again to study the districts"
