# One study from raw tables to claims. The Snakefile runs it for config.yaml's study, and again,
# as a module with the overrides under `star`, for Project STAR.


include: "rules/common.smk"


check_config(config)


RAW_FILES = []
if config["district"]["source"] == "synthetic":

    include: "rules/synthetic.smk"


include: "rules/district.smk"
include: "rules/value_added.smk"
include: "rules/moments.smk"
include: "rules/allocation.smk"
include: "rules/welfare.smk"
include: "rules/disclosure.smk"
include: "rules/exhibits.smk"
include: "rules/constrained.smk"
include: "rules/claims.smk"


# Every result is asked for, not only those at the end: what is lost is made again.
rule study:
    message:
        "All exhibits and claims are there: {RESULTS}"
    input:
        EXHIBIT_FILES,
        CLAIM_FILES,
        WELFARE_FILES,
        GATED_FILES,
        ALLOCATION_FILES,
        EXACT_FILES,
        rules.frontiers.output,
        rules.slots.output,
        rules.moments.output,
        rules.value_added.output,
        rules.value_added_choices.output,
        rules.validation.output,
        rules.district.output,
        RAW_FILES,
        POPULATION_FILES,
