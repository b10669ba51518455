# Plans of reallocation: their labels and files, and the cell of a job.
from itertools import product


def cell_of(wildcards):
    """Year and grade of a job for one cell; None if one job solves all."""
    return [int(part) for part in wildcards.cell.split("_")] if "cell" in wildcards.keys() else None


def plan_labels(subjects, information=("heterogeneous", "standard")):
    """Subject, scope and information of the plans of these subjects, in both scopes."""
    return list(product(subjects, ("district", "school"), information))


def plan_files(labels):
    """Files of plans by label; names of plans over subjects and of the CES planner omit the information."""
    return [
        f"{PRIVATE}/allocation/plans/{'_'.join(label[:2] if label[0] in ('subjects', 'ces') else label)}.parquet"
        for label in labels
    ]


def pairs_file(wildcards):
    """The user's file of forbidden and fixed pairs, if the constrained plan has one."""
    path = config["constrained"]["plans"][wildcards.plan].get("pairs")
    return {"pairs": path} if path else {}
