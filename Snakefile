from snakemake.utils import min_version

min_version("9.0")


configfile: "config.yaml"


include: "workflow/pipeline.smk"


CALIBRATION_FILES = []
if config["district"]["source"] == "synthetic":

    include: "workflow/rules/calibration.smk"


module star:
    snakefile:
        "workflow/pipeline.smk"
    config:
        overridden(config, config["star"])


use rule * from star as star_*


include: "workflow/rules/star.smk"


include: "workflow/rules/benchmark.smk"
include: "workflow/rules/audit.smk"


rule all:
    default_target: True
    message:
        "All of the study is there: {config[study]}"
    input:
        rules.study.input,
        CALIBRATION_FILES,
        rules.report.output,
        rules.manifest.output,
