from welfare_added.district.files import absent_columns
from welfare_added.exhibits.availability import EXHIBITS, exhibit_files, note, skipped_exhibits

FIGURES = f"{RESULTS}/figures"
SOURCE = config["district"]["source"]
ESTIMATOR = config["value_added"]["estimator"]
ABSENT = absent_columns(SOURCE, config["district"]["columns"])
SKIPPED = skipped_exhibits(SOURCE, config["district"].get("size"), ESTIMATOR, ABSENT, RESTRICTED)
EXHIBIT_FILES = [
    *exhibit_files(RESULTS, [name for name in EXHIBITS if name not in SKIPPED]),
    f"{RESULTS}/skipped.csv",
]
NOTE = note(SOURCE, config["district"]["name"], ESTIMATOR, config["value_added"]["teacher_share"], RESTRICTED)
# Where no teacher may be shown, bins of them are.
CLOUD = {"bins": f"{RESULTS}/value_added/scatter_bins.csv"} if RESTRICTED else {"value_added": f"{PRIVATE}/value_added.parquet"}
DPI = config["exhibits"]["dpi"]
MOST_POINTS = config["exhibits"]["most_points"]


rule skipped:
    message: "Listing the exhibits that these tables cannot give, and why"
    input:
        code=code("skipped"),
    output:
        skipped=f"{RESULTS}/skipped.csv",
    params:
        code=code_fingerprint("skipped"),
        reasons=SKIPPED,
    log: f"{LOGS}/skipped.log"
    benchmark: f"{BENCHMARKS}/skipped.tsv"
    conda:
        ENVIRONMENT
    script: script_path("skipped")


rule figure_01:
    message: "Drawing figure 1, three sources of welfare"
    input:
        code=code("figure_01"),
    output:
        pdf=f"{FIGURES}/figure_01.pdf",
        png=report(f"{FIGURES}/figure_01.png", caption="../report/figure_01.rst", category="Theory"),
        csv=f"{FIGURES}/figure_01.csv",
    params:
        code=code_fingerprint("figure_01"),
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_01.log"
    benchmark: f"{BENCHMARKS}/figure_01.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_01")


rule figure_02:
    message: "Drawing figure 2, value added on both groups"
    input:
        **CLOUD,
        moments=f"{RESULTS}/moments.csv",
        code=code("figure_02"),
    output:
        pdf=f"{FIGURES}/figure_02.pdf",
        png=report(f"{FIGURES}/figure_02.png", caption="../report/figure_02.rst", category="Value added"),
        csv=f"{FIGURES}/figure_02.csv",
    params:
        code=code_fingerprint("figure_02"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_02.log"
    benchmark: f"{BENCHMARKS}/figure_02.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_02")


rule figure_03:
    message: "Drawing figure 3, value added by class composition"
    input:
        bins=f"{RESULTS}/value_added/sorting_bins.csv",
        code=code("figure_03"),
    output:
        pdf=f"{FIGURES}/figure_03.pdf",
        png=report(f"{FIGURES}/figure_03.png", caption="../report/figure_03.rst", category="Value added"),
        csv=f"{FIGURES}/figure_03.csv",
    params:
        code=code_fingerprint("figure_03"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_03.log"
    benchmark: f"{BENCHMARKS}/figure_03.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_03")


rule figure_04:
    message: "Drawing figure 4, frontiers by scope"
    input:
        frontiers=f"{RESULTS}/frontiers.csv",
        exact=[f"{RESULTS}/exact_frontiers.parquet"] if EXACT_LINE else [],
        code=code("figure_04"),
    output:
        pdf=f"{FIGURES}/figure_04.pdf",
        png=report(f"{FIGURES}/figure_04.png", caption="../report/figure_04.rst", category="Allocations"),
        csv=f"{FIGURES}/figure_04.csv",
    params:
        code=code_fingerprint("figure_04"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_04.log"
    benchmark: f"{BENCHMARKS}/figure_04.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_04")


rule figure_05:
    message: "Drawing figure 5, welfare from distributional goals"
    input:
        index=f"{RESULTS}/welfare/index.csv",
        code=code("figure_05"),
    output:
        pdf=f"{FIGURES}/figure_05.pdf",
        png=report(f"{FIGURES}/figure_05.png", caption="../report/figure_05.rst", category="Allocations"),
        csv=f"{FIGURES}/figure_05.csv",
    params:
        code=code_fingerprint("figure_05"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_05.log"
    benchmark: f"{BENCHMARKS}/figure_05.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_05")


rule figure_06a:
    message: "Drawing figure 6a, district-wide frontiers by information"
    input:
        frontiers=f"{RESULTS}/frontiers.csv",
        code=code("figure_06a"),
    output:
        pdf=f"{FIGURES}/figure_06a.pdf",
        png=report(f"{FIGURES}/figure_06a.png", caption="../report/figure_06a.rst", category="Allocations"),
        csv=f"{FIGURES}/figure_06a.csv",
    params:
        code=code_fingerprint("figure_06a"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_06a.log"
    benchmark: f"{BENCHMARKS}/figure_06a.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_06a")


rule figure_06b:
    message: "Drawing figure 6b, within-school frontiers by information"
    input:
        frontiers=f"{RESULTS}/frontiers.csv",
        code=code("figure_06b"),
    output:
        pdf=f"{FIGURES}/figure_06b.pdf",
        png=report(f"{FIGURES}/figure_06b.png", caption="../report/figure_06b.rst", category="Allocations"),
        csv=f"{FIGURES}/figure_06b.csv",
    params:
        code=code_fingerprint("figure_06b"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_06b.log"
    benchmark: f"{BENCHMARKS}/figure_06b.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_06b")


rule figure_07:
    message: "Drawing figure 7, welfare from heterogeneity"
    input:
        index=f"{RESULTS}/welfare/index.csv",
        code=code("figure_07"),
    output:
        pdf=f"{FIGURES}/figure_07.pdf",
        png=report(f"{FIGURES}/figure_07.png", caption="../report/figure_07.rst", category="Allocations"),
        csv=f"{FIGURES}/figure_07.csv",
    params:
        code=code_fingerprint("figure_07"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_07.log"
    benchmark: f"{BENCHMARKS}/figure_07.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_07")


rule figure_08a:
    message: "Drawing figure 8a, achievement gaps"
    input:
        gaps=f"{RESULTS}/welfare/gaps.csv",
        code=code("figure_08a"),
    output:
        pdf=f"{FIGURES}/figure_08a.pdf",
        png=report(f"{FIGURES}/figure_08a.png", caption="../report/figure_08a.rst", category="Allocations"),
        csv=f"{FIGURES}/figure_08a.csv",
    params:
        code=code_fingerprint("figure_08a"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_08a.log"
    benchmark: f"{BENCHMARKS}/figure_08a.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_08a")


rule figure_08b:
    message: "Drawing figure 8b, racial gaps"
    input:
        gaps=f"{RESULTS}/welfare/gaps.csv",
        code=code("figure_08b"),
    output:
        pdf=f"{FIGURES}/figure_08b.pdf",
        png=report(f"{FIGURES}/figure_08b.png", caption="../report/figure_08b.rst", category="Allocations"),
        csv=f"{FIGURES}/figure_08b.csv",
    params:
        code=code_fingerprint("figure_08b"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_08b.log"
    benchmark: f"{BENCHMARKS}/figure_08b.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_08b")


rule figure_09a:
    message: "Drawing figure 9a, gains by subject"
    input:
        subjects=f"{RESULTS}/welfare/subjects.csv",
        code=code("figure_09a"),
    output:
        pdf=f"{FIGURES}/figure_09a.pdf",
        png=report(f"{FIGURES}/figure_09a.png", caption="../report/figure_09a.rst", category="Worth"),
        csv=f"{FIGURES}/figure_09a.csv",
    params:
        code=code_fingerprint("figure_09a"),
        earnings_per_sd=config["welfare"]["earnings_per_sd"],
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_09a.log"
    benchmark: f"{BENCHMARKS}/figure_09a.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_09a")


rule figure_09b:
    message: "Drawing figure 9b, lifetime earnings"
    input:
        earnings=f"{RESULTS}/welfare/earnings.csv",
        code=code("figure_09b"),
    output:
        pdf=f"{FIGURES}/figure_09b.pdf",
        png=report(f"{FIGURES}/figure_09b.png", caption="../report/figure_09b.rst", category="Worth"),
        csv=f"{FIGURES}/figure_09b.csv",
    params:
        code=code_fingerprint("figure_09b"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_09b.log"
    benchmark: f"{BENCHMARKS}/figure_09b.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_09b")


rule figure_10:
    message: "Drawing figure 10, value of public funds"
    input:
        mvpf=f"{RESULTS}/welfare/mvpf.csv",
        headlines=f"{RESULTS}/welfare/headlines.csv",
        code=code("figure_10"),
    output:
        pdf=f"{FIGURES}/figure_10.pdf",
        png=report(f"{FIGURES}/figure_10.png", caption="../report/figure_10.rst", category="Worth"),
        csv=f"{FIGURES}/figure_10.csv",
    params:
        code=code_fingerprint("figure_10"),
        cap=config["exhibits"]["mvpf_cap"],
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_10.log"
    benchmark: f"{BENCHMARKS}/figure_10.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_10")


rule figure_a1:
    message: "Drawing figure A.1, value added across subjects"
    input:
        **CLOUD,
        code=code("figure_a1"),
    output:
        pdf=f"{FIGURES}/figure_a1.pdf",
        png=report(f"{FIGURES}/figure_a1.png", caption="../report/figure_a1.rst", category="Appendix"),
        csv=f"{FIGURES}/figure_a1.csv",
    params:
        code=code_fingerprint("figure_a1"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_a1.log"
    benchmark: f"{BENCHMARKS}/figure_a1.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_a1")


rule figure_a2:
    message: "Drawing figure A.2, value added by class size"
    input:
        bins=f"{RESULTS}/value_added/sorting_bins.csv",
        code=code("figure_a2"),
    output:
        pdf=f"{FIGURES}/figure_a2.pdf",
        png=report(f"{FIGURES}/figure_a2.png", caption="../report/figure_a2.rst", category="Appendix"),
        csv=f"{FIGURES}/figure_a2.csv",
    params:
        code=code_fingerprint("figure_a2"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_a2.log"
    benchmark: f"{BENCHMARKS}/figure_a2.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_a2")


rule figure_a3:
    message: "Drawing figure A.3, scores from heterogeneity"
    input:
        index=f"{RESULTS}/welfare/index.csv",
        code=code("figure_a3"),
    output:
        pdf=f"{FIGURES}/figure_a3.pdf",
        png=report(f"{FIGURES}/figure_a3.png", caption="../report/figure_a3.rst", category="Appendix"),
        csv=f"{FIGURES}/figure_a3.csv",
    params:
        code=code_fingerprint("figure_a3"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_a3.log"
    benchmark: f"{BENCHMARKS}/figure_a3.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_a3")


rule figure_a4a:
    message: "Drawing figure A.4a, students harmed"
    input:
        winners=f"{RESULTS}/welfare/winners.csv",
        code=code("figure_a4a"),
    output:
        pdf=f"{FIGURES}/figure_a4a.pdf",
        png=report(f"{FIGURES}/figure_a4a.png", caption="../report/figure_a4a.rst", category="Appendix"),
        csv=f"{FIGURES}/figure_a4a.csv",
    params:
        code=code_fingerprint("figure_a4a"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_a4a.log"
    benchmark: f"{BENCHMARKS}/figure_a4a.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_a4a")


rule figure_a4b:
    message: "Drawing figure A.4b, losses of the harmed"
    input:
        winners=f"{RESULTS}/welfare/winners.csv",
        code=code("figure_a4b"),
    output:
        pdf=f"{FIGURES}/figure_a4b.pdf",
        png=report(f"{FIGURES}/figure_a4b.png", caption="../report/figure_a4b.rst", category="Appendix"),
        csv=f"{FIGURES}/figure_a4b.csv",
    params:
        code=code_fingerprint("figure_a4b"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_a4b.log"
    benchmark: f"{BENCHMARKS}/figure_a4b.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_a4b")


rule figure_a5:
    message: "Drawing figure A.5, the CES planner"
    input:
        earnings=f"{RESULTS}/welfare/earnings.csv",
        ces=f"{RESULTS}/welfare/ces.csv",
        code=code("figure_a5"),
    output:
        pdf=f"{FIGURES}/figure_a5.pdf",
        png=report(f"{FIGURES}/figure_a5.png", caption="../report/figure_a5.rst", category="Appendix"),
        csv=f"{FIGURES}/figure_a5.csv",
    params:
        code=code_fingerprint("figure_a5"),
        note=NOTE,
        dpi=DPI,
        most_points=MOST_POINTS,
    log: f"{LOGS}/figure_a5.log"
    benchmark: f"{BENCHMARKS}/figure_a5.tsv"
    conda:
        ENVIRONMENT
    script: script_path("figure_a5")


if "figure_d6" not in SKIPPED:

    rule figure_d6:
        message: "Drawing figure D.6, persistence"
        input:
            persistence=f"{RESULTS}/value_added/persistence.csv",
            code=code("figure_d6"),
        output:
            pdf=f"{FIGURES}/figure_d6.pdf",
            png=report(f"{FIGURES}/figure_d6.png", caption="../report/figure_d6.rst", category="Appendix"),
            csv=f"{FIGURES}/figure_d6.csv",
        params:
            code=code_fingerprint("figure_d6"),
            note=NOTE,
            dpi=DPI,
            most_points=MOST_POINTS,
        log: f"{LOGS}/figure_d6.log"
        benchmark: f"{BENCHMARKS}/figure_d6.tsv"
        conda:
            ENVIRONMENT
        script: script_path("figure_d6")


if "figure_d7" not in SKIPPED:

    rule figure_d7:
        message: "Drawing figure D.7, later outcomes"
        input:
            outcomes=f"{RESULTS}/value_added/outcomes.csv",
            code=code("figure_d7"),
        output:
            pdf=f"{FIGURES}/figure_d7.pdf",
            png=report(f"{FIGURES}/figure_d7.png", caption="../report/figure_d7.rst", category="Appendix"),
            csv=f"{FIGURES}/figure_d7.csv",
        params:
            code=code_fingerprint("figure_d7"),
            note=NOTE,
            dpi=DPI,
            most_points=MOST_POINTS,
        log: f"{LOGS}/figure_d7.log"
        benchmark: f"{BENCHMARKS}/figure_d7.tsv"
        conda:
            ENVIRONMENT
        script: script_path("figure_d7")


rule table_a1:
    message: "Laying out table A.1, class size and composition"
    input:
        moments=f"{RESULTS}/moments.csv",
        code=code("table_a1"),
    output:
        csv=report(
            f"{RESULTS}/tables/table_a1.csv", caption="../report/table_a1.rst", category="Appendix"
        ),
        tex=f"{RESULTS}/tables/table_a1.tex",
    params:
        code=code_fingerprint("table_a1"),
        note=NOTE,
    log: f"{LOGS}/table_a1.log"
    benchmark: f"{BENCHMARKS}/table_a1.tsv"
    conda:
        ENVIRONMENT
    script: script_path("table_a1")


if "figure_bias" not in SKIPPED:

    rule figure_bias:
        message: "Drawing the bias of estimated welfare"
        input:
            bias=f"{RESULTS}/welfare/bias.csv",
            code=code("figure_bias"),
        output:
            pdf=f"{FIGURES}/figure_bias.pdf",
            png=report(f"{FIGURES}/figure_bias.png", caption="../report/figure_bias.rst", category="Checks"),
            csv=f"{FIGURES}/figure_bias.csv",
        params:
            code=code_fingerprint("figure_bias"),
            note=NOTE,
            dpi=DPI,
            most_points=MOST_POINTS,
        log: f"{LOGS}/figure_bias.log"
        benchmark: f"{BENCHMARKS}/figure_bias.tsv"
        conda:
            ENVIRONMENT
        script: script_path("figure_bias")


if "figure_calibration" not in SKIPPED:

    rule figure_calibration:
        message: "Drawing the calibration"
        input:
            calibration="results/calibration.csv",
            code=code("figure_calibration"),
        output:
            pdf=f"{FIGURES}/figure_calibration.pdf",
            png=report(f"{FIGURES}/figure_calibration.png", caption="../report/figure_calibration.rst", category="Checks"),
            csv=f"{FIGURES}/figure_calibration.csv",
        params:
            code=code_fingerprint("figure_calibration"),
            note=NOTE,
            dpi=DPI,
            most_points=MOST_POINTS,
        log: f"{LOGS}/figure_calibration.log"
        benchmark: f"{BENCHMARKS}/figure_calibration.tsv"
        conda:
            ENVIRONMENT
        script: script_path("figure_calibration")


# Not part of the default run: the tables alone, in seconds.
rule check_district:
    message:
        "Checking the district's tables: {output.page}"
    input:
        **raw_tables(SOURCE, made_in=f"{PRIVATE}/district/raw"),
        template=relative(ROOT / "src/welfare_added/district/overview.html.j2"),
        code=code("check_district"),
    output:
        page=f"{PRIVATE}/district/check.html",
    params:
        code=code_fingerprint("check_district"),
        columns=config["district"]["columns"],
        years=config["district"]["years"],
        grades=config["district"]["grades"],
        split=config["district"]["split"],
        class_size=config["district"]["class_size"],
        skipped=SKIPPED,
    resources:
        **needs(mb=15),
    log:
        f"{LOGS}/check_district.log",
    benchmark:
        f"{BENCHMARKS}/check_district.tsv"
    conda:
        ENVIRONMENT
    script:
        script_path("check_district")
