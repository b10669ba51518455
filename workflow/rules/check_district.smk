# Not part of the default run: checks the raw tables alone, in seconds. A paper sets CHECK_CHOICES, what its script
# takes besides the tables.
CONFIRMED = config["district"].get("confirmed", {})  # checks of what is improbable, by name


rule district_page:
    message:
        "Checking the district's tables: {output.page}"
    input:
        **raw_tables(SOURCE, LAYOUT, made_in=RAW_FOLDER),
        **LAYOUT_FILES,
        template=relative(SOURCE_FOLDER / "welfare_added/district/overview.html.j2"),
        code=code("district_page"),
    output:
        page=f"{PRIVATE}/district/check.html",
        warnings=f"{PRIVATE}/district/warnings.json",
    params:
        code=code_fingerprint("district_page"),
        export=EXPORT,
        skipped=SKIPPED,
        exhibits=list(EXHIBITS.all),
        **CHECK_CHOICES,
    resources:
        **needs(mb=15),
    log:
        f"{LOGS}/district_page.log",
    conda:
        ENVIRONMENT
    script:
        script_path("district_page")


# A rule of its own, without output, so that the page stays where tables are doubtful, and so that it always speaks.
rule check_district:
    message:
        "Looking for anything improbable that is not confirmed: {input.page}"
    input:
        page=rules.district_page.output.page,
        warnings=rules.district_page.output.warnings,
        code=code("check_district"),
    params:
        code=code_fingerprint("check_district"),
        confirmed=CONFIRMED,
    log:
        f"{LOGS}/check_district.log",
    conda:
        ENVIRONMENT
    script:
        script_path("check_district")
