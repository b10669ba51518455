# One of several districts: its study, and an audit of its own.


include: "pipeline.smk"
include: "rules/audit.smk"


rule done:
    message:
        "All of {config[study]} is there"
    input:
        rules.study.input,
        rules.report.output,
        rules.manifest.output,
