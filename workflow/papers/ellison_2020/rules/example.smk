# Appendix A.2: an example in closed form, without data.
rule example:
    message: "Solving the example of appendix A.2"
    input:
        code=code("example"),
    output:
        example=f"{PRIVATE}/example.csv",
        frontiers=f"{PRIVATE}/example_frontiers.csv",
    params:
        code=code_fingerprint("example"),
        plans=config["example"]["plans"],
        populations={name: one for name, one in config["example"].items() if name != "plans"},
    log: f"{LOGS}/example.log"
    conda:
        ENVIRONMENT
    script: script_path("example")
