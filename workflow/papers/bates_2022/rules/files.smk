# Files of choice sets in some window, and of preferences of a row of table 7.


def of_platform(window, *names):
    """Tables of choice sets in a window; those of the baseline if it is empty."""
    folder = Path(PRIVATE, "platform", window)
    return {name: str(folder / f"{name}.parquet") for name in names}


def of_teachers(wildcards):
    """Tables from which a row's preferences of teachers are estimated."""
    return of_platform(TEACHER_ROWS[wildcards.row].get("window", ""), "applicants", "positions", "pairs")


def market_files(window="", teachers="", principals=""):
    """Tables from which a market is put together; rows of preferences, those of the baseline if empty."""
    folders = {side: Path(PRIVATE, "preferences", *([side] if row else [])) for side, row in (("teachers", teachers), ("principals", principals))}
    mine, theirs = folders["teachers"] / (teachers or "teachers"), folders["principals"] / (principals or "principals")
    beside = f"{teachers}_" if teachers else ""
    return {
        **of_platform(window, "applicants", "positions"),
        **COMMUTES,
        "schools": f"{RECORDS_FOLDER}/schools.parquet",
        "teachers": f"{mine}.csv",
        "teachers_covariance": f"{mine}_covariance.csv",
        "random_coefficients": str(folders["teachers"] / f"{beside}random_coefficients.parquet"),
        "school_effects": str(folders["teachers"] / f"{beside}school_effects.csv"),
        "principals": f"{theirs}.csv",
        "principals_covariance": f"{theirs}_covariance.csv",
    }


def of_market(wildcards):
    """Tables from which the market of a row of table 7 is put together."""
    return market_files(**{name: value for name, value in ROWS[wildcards.row].items() if name != "market"})


def without_window(row):
    """What differs from the baseline's estimation but for choice sets."""
    return {name: value for name, value in row.items() if name != "window"}
