from snakemake.utils import min_version

min_version("9.0")


configfile: "config.yaml"


include: "workflow/pipeline.smk"


module star:
    snakefile:
        "workflow/pipeline.smk"
    config:
        overridden(config, config["star"])


use rule * from star as star_*


include: "workflow/rules/calibration.smk"
include: "workflow/rules/star.smk"


rule all:
    default_target: True
    message:
        "Everything of the paper is there"
    input:
        PIPELINE,
        rules.calibration.output,
