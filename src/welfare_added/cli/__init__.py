"""The command ``welfare-added``: a project of one's own, and its runs, by Snakemake."""
