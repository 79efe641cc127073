"""Structured logs: one line an event, for people or as JSON.

They go through Python's logging. In a run Dagster, which manages these loggers (``dagster.yaml``),
prints them and keeps them in the run's log; elsewhere warnings and errors reach the console.
"""

import logging
from typing import Literal

import structlog

MANAGED = ("erp_resources", "erp_assets", "erp_kernels")


def configure(style: Literal["console", "json"] = "console", level: str = "INFO") -> None:
    """Set up the logs of this process; calling it again changes the style."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _renderer(style),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    for name in MANAGED:
        logging.getLogger(name).setLevel(level)


def _renderer(style: Literal["console", "json"]) -> structlog.typing.Processor:
    if style == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, pad_level=False)
