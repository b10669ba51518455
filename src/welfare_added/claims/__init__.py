"""Compare the paper's stated numbers with the reproduced ones."""
