rule districts:
    message: "Putting the districts' headline numbers side by side: {output.table}"
    input:
        sample=of_districts(DISTRICTS, "district/sample.csv"),
        frontiers=of_districts(DISTRICTS, "frontiers.csv"),
        text_numbers=of_districts(DISTRICTS, "welfare/text_numbers.csv"),
        code=code("districts"),
    output:
        table=f"{RESULTS}/districts.csv",
    params:
        code=code_fingerprint("districts"),
        names=DISTRICTS,
    log: f"{LOGS}/districts.log"
    conda:
        ENVIRONMENT
    script: script_path("districts")
