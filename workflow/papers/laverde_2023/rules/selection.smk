# The sampler: chains, their moments beside what was planted, and how the published order mixes.
rule chain:
    message: "Running the sampler: {wildcards.kind}, chain {wildcards.number}"
    input:
        **READS_TABLES,
        checked=rules.checked_system.output.variables,  # tables that are refused stop there
        code=code("chain"),
    output:
        chain=f"{SELECTION}/chains/{{kind}}/{{number}}.npz",
    wildcard_constraints:
        kind="|".join(KINDS),
        number=r"\d+",
    params:
        code=code_fingerprint("chain"),
        **TABLE_CHOICES,
        sampler=lambda wildcards: {**SAMPLER, "rankings": KINDS[wildcards.kind]["rankings"]},
        schedule=lambda wildcards: KINDS[wildcards.kind]["schedule"],
        number=lambda wildcards: int(wildcards.number),
        every=config["selection"]["save_every"],
    threads: 1
    priority: 2  # the longest jobs first
    resources: mem_mb=2000
    log: f"{LOGS}/chain_{{kind}}_{{number}}.log"
    conda:
        ENVIRONMENT
    script: script_path("chain")


rule posterior:
    message: "Summing up the chains: moments, diagnostics, teachers and their matches"
    input:
        **READS_TABLES,
        chains=chains_of("study"),
        code=code("posterior"),
    output:
        posterior=f"{SELECTION}/posterior.csv",
        **{name: f"{SELECTION}/{name}.csv" for name in ("traces", "changes", "evaluations", "students")},
        numbers=f"{SELECTION}/text_numbers.csv",
    params:
        code=code_fingerprint("posterior"),
        **TABLE_CHOICES,
        sampler=SAMPLER,
        thin=KINDS["study"]["schedule"]["thin"],
        least=config["selection"]["least_effective"],
        trace_every=config["selection"]["trace_every"],
        matches=config["selection"]["matches"],
    priority: 1
    resources: mem_mb=3000
    log: f"{LOGS}/posterior.log"
    conda:
        ENVIRONMENT
    script: script_path("posterior")


rule other_posterior:
    message: "Summing up the chains with lists as {wildcards.kind}"
    input:
        **READS_TABLES,
        chains=lambda wildcards: chains_of(wildcards.kind),
        code=code("other_posterior"),
    output:
        posterior=f"{SELECTION}/rankings/{{kind}}.csv",
    wildcard_constraints:
        kind="full|positive",
    params:
        code=code_fingerprint("other_posterior"),
        **TABLE_CHOICES,
        sampler=lambda wildcards: {**SAMPLER, "rankings": wildcards.kind},
        least=config["selection"]["least_effective"],
    log: f"{LOGS}/posterior_{{kind}}.log"
    conda:
        ENVIRONMENT
    script: script_path("other_posterior")


rule parameters:
    message: "Comparing estimates with what was planted, and the likelihoods of lists"
    input:
        **READS_TABLES,
        posteriors=[rules.posterior.output.posterior, *(f"{SELECTION}/rankings/{name}.csv" for name in OTHER_RANKINGS)],
        **({f"true_{name}": f"{TRUTH}/{name}.parquet" for name in ("parameters", "teachers", "schools", "years", "matches")} if SYNTHETIC else {}),
        code=code("parameters"),
    output:
        parameters=f"{SELECTION}/parameters.csv",
        rankings=f"{SELECTION}/rankings.csv",
    params:
        code=code_fingerprint("parameters"),
        **TABLE_CHOICES,
        rankings=[RANKINGS, *OTHER_RANKINGS],
        planted=SYNTHETIC,
    log: f"{LOGS}/parameters.log"
    conda:
        ENVIRONMENT
    script: script_path("parameters")


ORDER_FILES = []
if ORDERED:

    rule orders:
        message: "Comparing how our order of sweeps and the published one mix"
        input:
            **READS_TABLES,
            ours=chains_of("study")[0],
            published=chains_of("published_order")[0],
            code=code("orders"),
        output:
            orders=f"{SELECTION}/orders.csv",
        params:
            code=code_fingerprint("orders"),
            **TABLE_CHOICES,
            sampler=SAMPLER,
            thin=KINDS["study"]["schedule"]["thin"],
        log: f"{LOGS}/orders.log"
        conda:
            ENVIRONMENT
        script: script_path("orders")

    ORDER_FILES = rules.orders.output
