# Several districts: each a module of all rules under its name, with results and an audit of its own.


include: "../../rules/common.smk"


PARTITION = config["partition"]
STATE = config["district"]["source"]
CUT = f"{PRIVATE}/partition"
DISTRICTS = config["districts"] or folders_in(CUT)
DONE = []


if PARTITION:

    include: "../../rules/partition.smk"


for DISTRICT in DISTRICTS:
    OWN = f"district_{DISTRICT}"
    OWN_ = f"{DISTRICT}_"

    module:
        name: OWN
        snakefile: "study.smk"
        config: choices.one_district(config, DISTRICT, CUT if PARTITION else STATE)

    use rule * from OWN as OWN_*

    DONE += getattr(rules, f"{DISTRICT}_done").input


include: "rules/districts.smk"


ALL_FILES = [DONE, rules.districts.output] if DISTRICTS else rules.partition.output
DONE_MESSAGE = "All districts are there" if DISTRICTS else "The tables are cut; run again to study the districts"
