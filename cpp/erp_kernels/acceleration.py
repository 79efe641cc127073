"""Chooses between the C++ extension and the reference implementations."""

import functools
import os
from typing import Literal

import structlog

Implementation = Literal["cpp", "reference"]

_SWITCH = "USE_CPP_ACCELERATION"


def implementation(choice: Implementation | None = None) -> Implementation:
    """Return which implementation the façades run.

    Args:
        choice: What the caller insists on. By default the C++ extension runs where it was
            built, unless the environment says ``USE_CPP_ACCELERATION=false``.

    Raises:
        RuntimeError: If ``choice`` is ``"cpp"`` and the extension was not built.
    """
    if choice == "reference":
        return "reference"
    if choice is None and os.environ.get(_SWITCH, "").strip().lower() == "false":
        _say_once_that_the_reference_runs(f"{_SWITCH} is false")
        return "reference"
    problem = _import_problem()
    if problem is None:
        return "cpp"
    if choice == "cpp":
        raise RuntimeError(f"the C++ kernels cannot be imported: {problem} (reinstall erp-assets)")
    _say_once_that_the_reference_runs(problem)
    return "reference"


@functools.cache
def _import_problem() -> str | None:
    try:
        import erp_kernels._core  # noqa: F401 - whether it can be imported is the question
    except ImportError as error:
        return str(error)
    return None


@functools.cache
def _say_once_that_the_reference_runs(reason: str) -> None:
    structlog.get_logger(__name__).warning("kernels_run_without_cpp", reason=reason)
