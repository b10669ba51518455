"""Calibration of the synthetic district: its estimates match the published inputs."""
