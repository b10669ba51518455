# Exhibits, claims, disclosure, report and audit. A paper includes this file last, after it has set RESULT_FILES, the
# files that its study makes, and EXPLORER, the tables of the report's explorer of plans, if it has one.


include: "kept_intervals.smk"
include: "exhibits.smk"
include: "claims.smk"
include: "disclosure.smk"
include: "report.smk"
include: "audit.smk"


rule done:
    message:
        "All results of the study are in {RESULTS}"
    input:
        STUDY_FILES,
        rules.report.output,
        rules.manifest.output,
