# One district. Project STAR is a second study of the same rules, made on request.


include: "study.smk"


module star:
    snakefile:
        "study.smk"
    config:
        overridden(config, config["star"])


use rule * from star as star_*


include: "rules/star.smk"
include: "rules/benchmark.smk"


if SYNTHETIC:

    include: "rules/calibrate.smk"
    include: "rules/intervals.smk"


ALL_FILES = rules.done.input
DONE_MESSAGE = f"All results of the study are in {RESULTS}"
