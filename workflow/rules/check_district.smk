# Not part of the default run: checks the raw tables alone, in seconds. A paper sets CHECK_CHOICES, what its script
# takes besides the tables.
rule check_district:
    message:
        "Checking the district's tables: {output.page}"
    input:
        **raw_tables(SOURCE, LAYOUT, made_in=RAW_FOLDER),
        **LAYOUT_FILES,
        template=relative(SOURCE_FOLDER / "welfare_added/district/overview.html.j2"),
        code=code("check_district"),
    output:
        page=f"{PRIVATE}/district/check.html",
    params:
        code=code_fingerprint("check_district"),
        export=EXPORT,
        skipped=SKIPPED,
        exhibits=list(EXHIBITS.all),
        **CHECK_CHOICES,
    resources:
        **needs(mb=15),
    log:
        f"{LOGS}/check_district.log",
    conda:
        ENVIRONMENT
    script:
        script_path("check_district")
