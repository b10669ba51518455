from snakemake.utils import min_version

min_version("9.0")


configfile: "config.yaml"


if config["districts"] or config["partition"]:

    include: "workflow/several.smk"

else:

    include: "workflow/one.smk"


rule all:
    default_target: True
    message:
        DONE_MESSAGE
    input:
        ALL_FILES,
