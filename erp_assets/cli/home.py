"""Where commands find the Dagster instance: ``DAGSTER_HOME``, by default ``build/dagster``."""

import os
from pathlib import Path

PROJECT = Path(__file__).parents[2]
BUILD = PROJECT / "build"


def use_project_home() -> None:
    """ERP tables as Dagster assets in a Delta lake."""
    from dotenv import load_dotenv

    load_dotenv(PROJECT / ".env")
    os.environ.setdefault("DAGSTER_HOME", str(BUILD / "dagster"))
    home = Path(os.environ["DAGSTER_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.exists() and (PROJECT / "dagster.yaml").exists():
        settings.symlink_to(PROJECT / "dagster.yaml")
