"""Exhibits of Laverde, Mykerezi, Sojourner and Sood (2023), by theme."""
