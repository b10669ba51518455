# From a paper's results to what is read: exhibits, claims, disclosure, report, audit. A paper includes this last; it
# has said which RESULT_FILES its study makes and, where its report has the planner's explorer, from which tables.


include: "exhibits.smk"
include: "claims.smk"
include: "disclosure.smk"
include: "report.smk"
include: "audit.smk"


rule done:
    message:
        "All of the study is there: {RESULTS}"
    input:
        STUDY_FILES,
        rules.report.output,
        rules.manifest.output,
