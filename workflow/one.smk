# One study, Project STAR beside it on request, and their audit.


include: "pipeline.smk"


CALIBRATION_FILES = []
if config["district"]["source"] == "synthetic":

    include: "rules/calibration.smk"


module star:
    snakefile:
        "pipeline.smk"
    config:
        overridden(config, config["star"])


use rule * from star as star_*


include: "rules/star.smk"
include: "rules/benchmark.smk"
include: "rules/audit.smk"


ALL_FILES = [rules.study.input, CALIBRATION_FILES, rules.report.output, rules.manifest.output]
DONE_MESSAGE = f"All of the study is there: {config['study']}"
