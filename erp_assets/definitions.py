"""The Dagster code location: everything under ``erp_assets/defs``."""

from pathlib import Path

import dagster as dg

from erp_assets.assembly import assembled


@dg.definitions
def defs() -> dg.Definitions:
    """All assets, checks, schedules and sensors, but for those of systems that are off."""
    folder = dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
    return assembled(folder)
