"""Structured logs: one line an event, for people or as JSON, in the console and in Dagster's log.

Loggers below ``erp_resources`` and ``erp_assets`` go through Python's logging, so that Dagster,
which manages those two in ``dagster.yaml``, shows their lines beside the run's own.
"""

import logging
import sys
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
        logger = logging.getLogger(name)
        logger.setLevel(level)
        if not logger.handlers:
            handler = logging.StreamHandler(sys.stderr)
            handler.setFormatter(logging.Formatter("%(message)s"))
            logger.addHandler(handler)
            logger.propagate = False


def _renderer(style: Literal["console", "json"]) -> structlog.typing.Processor:
    if style == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, pad_level=False)
