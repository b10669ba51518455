# Several districts: each a module of all rules under its name, with results and an audit of its own.


include: "rules/common.smk"


check_config(config)


from welfare_added.district.files import raw_tables

PARTITION = config["partition"]
STATE = config["district"]["source"]
CUT = f"{PRIVATE}/partition"
DISTRICTS = config["districts"] or folders_in(CUT)
DONE = []


if PARTITION:

    rule partition:
        message: "Cutting the tables by column {params.column}, a folder a district: {params.folder}"
        input:
            **raw_tables(STATE, made_in=STATE),
            code=code("partition"),
        output:
            parts=f"{CUT}.csv",
        params:
            code=code_fingerprint("partition"),
            column=PARTITION,
            folder=CUT,
            columns=config["district"]["columns"],
        resources: **needs(mb=1, minutes=0.1)
        log: f"{LOGS}/partition.log"
        benchmark: f"{BENCHMARKS}/partition.tsv"
        conda:
            ENVIRONMENT
        script: script_path("partition")


for NUMBER, DISTRICT in enumerate(DISTRICTS):
    OWN = f"district_{DISTRICT}"
    OWN_ = f"{DISTRICT}_"

    module:
        name: OWN
        snakefile: "district.smk"
        config: settings.one_district(config, DISTRICT, NUMBER, CUT if PARTITION else STATE)

    use rule * from OWN as OWN_*

    DONE += getattr(rules, f"{DISTRICT}_done").input


rule districts:
    message: "Putting the districts' headline numbers side by side: {output.table}"
    input:
        sample=of_districts(DISTRICTS, "district/sample.csv"),
        frontiers=of_districts(DISTRICTS, "frontiers.csv"),
        headlines=of_districts(DISTRICTS, "welfare/headlines.csv"),
        code=code("districts"),
    output:
        table=f"{RESULTS}/districts.csv",
    params:
        code=code_fingerprint("districts"),
        names=DISTRICTS,
    log: f"{LOGS}/districts.log"
    benchmark: f"{BENCHMARKS}/districts.tsv"
    conda:
        ENVIRONMENT
    script: script_path("districts")


ALL_FILES = [DONE, rules.districts.output] if DISTRICTS else rules.partition.output
DONE_MESSAGE = "All districts are there" if DISTRICTS else "The tables are cut; run again to study the districts"
