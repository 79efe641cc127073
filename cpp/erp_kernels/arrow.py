"""Moves frames across the boundary of the C++ extension, through the Arrow C interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

Capsules = tuple[object, object]


class _ExportedArray:
    """Gives an ``(arrow_schema, arrow_array)`` pair the method that Polars imports by."""

    def __init__(self, capsules: Capsules) -> None:
        self._capsules = capsules

    def __arrow_c_array__(self, requested_schema: object = None) -> Capsules:
        return self._capsules


def stream_of(frame: pl.DataFrame) -> object:
    """Return a capsule with an Arrow stream of exactly one batch, sharing the memory."""
    return frame.rechunk().__arrow_c_stream__()


def frame_of(capsules: Capsules) -> pl.DataFrame:
    """Return the record batch of a kernel as a frame, sharing its memory."""
    import polars as pl

    return pl.Series(_ExportedArray(capsules)).struct.unnest()
