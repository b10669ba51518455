"""Figures and tables of Ellison and Pathak (2020), online appendix."""
