"""The teachers' labour market (Bates, Dinerstein, Johnston and Sorkin 2022)."""
