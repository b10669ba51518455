from pathlib import Path

from snakemake.utils import min_version

from welfare_added.run.choices import PAPERS, ConfigError, paper_folder

min_version("9.0")


configfile: "config.yaml"


try:
    paper_folder(Path(workflow.basedir), config["paper"])
except ConfigError as error:
    raise WorkflowError(str(error)) from None


configfile: f"{PAPERS}/{config['paper']}/config.yaml"
# Again: what is set in config.yaml wins over the paper's file.
configfile: "config.yaml"


include: f"{PAPERS}/{config['paper']}/workflow.smk"


rule all:
    default_target: True
    message:
        DONE_MESSAGE
    input:
        ALL_FILES,
