# Bonuses for teachers (section 8), beside payments of each teacher's own.
rule bonuses:
    message: "Simulating bonuses at all rates"
    input:
        **MARKET,
        payments=rules.market_frontier.output.payments,
        code=code("bonuses"),
    output:
        bonuses=f"{PRIVATE}/market/bonuses.csv",
    params:
        code=code_fingerprint("bonuses"),
        simulation=SIMULATION,
        plan=config["market"]["bonuses"],
    threads: 1
    log: f"{LOGS}/bonuses.log"
    conda:
        ENVIRONMENT
    script: script_path("bonuses")
