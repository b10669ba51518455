"""The teachers' labour market in equilibrium (Bates, Dinerstein, Johnston and Sorkin 2022)."""
