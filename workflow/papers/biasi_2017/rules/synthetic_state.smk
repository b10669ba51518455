# The synthetic states, their truth apart, and their facts beside the published ones.
STATE_FILES = {}


for WORLD in WORLDS:
    STATE_FILES[WORLD] = [*made_raw(WORLD).values(), *truth_of(WORLD).values()]

    rule:
        name: f"synthetic_state{WORLDS[WORLD]}"
        message: f"Making a synthetic state: world {config['district']['world' if WORLD == 'panel' else 'market_world']}"
        input:
            inputs=of_paper("calibration/inputs.yaml"),
            parameters=of_paper("calibration/parameters.yaml"),
            code=code("synthetic_state"),
        output:
            **made_raw(WORLD),
            **truth_of(WORLD),
        params:
            code=code_fingerprint("synthetic_state"),
            size=config["district"]["size"],
            world=config["district"]["world" if WORLD == "panel" else "market_world"],
            seed=config["district"]["seed"],
        priority: 3  # all other jobs wait for it
        resources: mem_mb=3000
        log: f"{LOGS}/synthetic_state{WORLDS[WORLD]}.log"
        conda:
            ENVIRONMENT
        script: script_path("synthetic_state")


rule calibration:
    message: "Comparing the synthetic states with the published inputs"
    input:
        inputs=of_paper("calibration/inputs.yaml"),
        **{f"panel_{name}": path for name, path in {**records_of("panel"), **truth_of("panel"), "raw": made_raw("panel")["districts"]}.items()},
        **{f"market_{name}": path for name, path in {**records_of("market"), **truth_of("market"), "raw": made_raw("market")["districts"]}.items()},
        code=code("calibration"),
    output:
        calibration=f"{RESULTS}/calibration.csv",
    params:
        code=code_fingerprint("calibration"),
    resources: mem_mb=3000
    log: f"{LOGS}/calibration.log"
    conda:
        ENVIRONMENT
    script: script_path("calibration")
