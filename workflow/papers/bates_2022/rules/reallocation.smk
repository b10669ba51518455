# Reallocation of all teachers of the district (section 3.4, table 2), and its variants of the appendix.
rule reallocation:
    message: "Assigning all teachers of the district anew"
    input:
        **DISTRICT,
        code=code("reallocation"),
    output:
        reallocation=f"{PRIVATE}/reallocation.csv",
        **{
            name: f"{PRIVATE}/reallocation_{name}.csv"
            for name in (
                *("percentiles", "constant_size", "replacement", "moved"),
                *("sorting", "sources", "support", "district"),
            )
        },
    params:
        code=code_fingerprint("reallocation"),
        year=config["market"]["cycle"],
        bins=config["market"]["bins"],
        **config["reallocation"],
    log: f"{LOGS}/reallocation.log"
    conda:
        ENVIRONMENT
    script: script_path("reallocation")


rule match_effects:
    message: "Simulating match effects that types do not capture"
    input:
        **MARKET,
        **DISTRICT,
        code=code("match_effects"),
    output:
        match_effects=f"{PRIVATE}/match_effects.csv",
    params:
        code=code_fingerprint("match_effects"),
        simulation=SIMULATION,
        year=config["market"]["cycle"],
        **config["match_effects"],
    threads: 1
    log: f"{LOGS}/match_effects.log"
    conda:
        ENVIRONMENT
    script: script_path("match_effects")
