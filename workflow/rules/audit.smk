# What the jobs recorded of themselves, put together; and every result hashed again.
rule manifest:
    message: "Writing down who made each file, and from what"
    input:
        rules.study.input,
        code=code("manifest"),
    output:
        "results/audit/manifest.json",
    params:
        code=code_fingerprint("manifest"),
        root=relative(ROOT),
        choices=config,
    log: "results/audit/logs/manifest.log"
    conda:
        ENVIRONMENT
    script: script_path("manifest")


rule verify:
    message: "Hashing every result again"
    input:
        code=code("verify"),
    params:
        code=code_fingerprint("verify"),
    log: "results/audit/logs/verify.log"
    conda:
        ENVIRONMENT
    script: script_path("verify")
