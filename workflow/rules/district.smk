from snakemake.exceptions import WorkflowError

from welfare_added.district.files import TABLES, find_tables


def raw_tables(source):
    """File of each raw table: made by the workflow, or found in the reader's folder."""
    if source == "synthetic":
        return {table: f"{RESULTS}/district/raw/{table}.csv" for table in TABLES}
    made_here = Path(source).parts[:1] == ("results",)
    try:
        found = find_tables(source, to_be_made=made_here)
    except ValueError as error:
        raise WorkflowError(str(error)) from None
    return {table: str(path) for table, path in found.items()}


rule district:
    message:
        "Checking the raw tables and deriving the analysis sample"
    input:
        **raw_tables(config["district"]["source"]),
        code=code("district"),
    output:
        students=f"{RESULTS}/district/students.parquet",
        classes=f"{RESULTS}/district/classes.parquet",
        steps=f"{RESULTS}/district/sample.csv",
        outcomes=f"{RESULTS}/district/outcomes.parquet",
    params:
        years=config["district"]["years"],
        grades=config["district"]["grades"],
        split=config["district"]["split"],
        class_size=config["district"]["class_size"],
    log:
        f"{LOGS}/district.log",
    benchmark:
        f"{BENCHMARKS}/district.tsv"
    script:
        script("district")
