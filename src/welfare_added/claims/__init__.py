"""The paper's stated numbers beside the reproduced ones."""
