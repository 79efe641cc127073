"""When raw assets are refreshed by the clock: every night."""

import dagster as dg

from erp_assets.components.naming import raw_tables
from erp_assets.defs.resources import loaded_systems
from erp_assets.refresh import partition_range, raw_assets, whole_tables

NIGHT = "0 2 * * *"
LATE_MONTHS = 2
"""Newest partitions that a night loads again: late postings go into the month before."""


def nightly(system: str) -> dg.ScheduleDefinition:
    """Every raw table of a system; of a partitioned one its newest months."""

    @dg.schedule(
        name=f"nightly_{system}",
        cron_schedule=NIGHT,
        target=raw_tables(system),
        description=f"Refreshes the raw tables of {system}; of partitioned ones the newest months.",
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
        night = context.scheduled_execution_time.isoformat()
        assets = raw_assets(context.repository_def, system)
        requests = whole_tables((k for k, parts in assets.items() if parts is None), night)
        for key, partitions in assets.items():
            if partitions is not None:
                newest = partitions.get_partition_keys()[-LATE_MONTHS:]
                requests.append(partition_range(key, newest, f"{key.to_user_string()}@{night}"))
        return requests

    return schedule


@dg.definitions
def schedules() -> dg.Definitions:
    """One schedule for each system that is loaded."""
    return dg.Definitions(schedules=[nightly(system) for system in loaded_systems()])
