"""The kernels give back the memory they take."""

import gc
from pathlib import Path

import polars as pl
import pytest

import erp_kernels
from erp_kernels import KernelError
from tests.erp_kernels.fifo_frames import history


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def value_many_times(frame: pl.DataFrame, refused: pl.DataFrame, calls: int) -> None:
    for _ in range(calls):
        erp_kernels.fifo_valuation(frame, per_movement=True, choice="cpp")
        with pytest.raises(KernelError):
            erp_kernels.fifo_valuation(refused, per_movement=True, choice="cpp")


@pytest.mark.usefixtures("cpp")
def test_many_calls_do_not_grow_the_process() -> None:
    frame = history([("5", "1"), ("-2", None)] * 500)
    refused = history([("5", "1")] * 500 + [("-600", None)]).vstack(
        history([("1", None)], "NUT, without any cost")
    )
    value_many_times(frame, refused, 300)
    gc.collect()
    before = resident_mib()
    value_many_times(frame, refused, 1_000)
    gc.collect()
    growth = resident_mib() - before
    print(f"{growth:.2f} MiB after 2,000 calls")  # noqa: T201 - the measurement
    assert growth <= 4  # one leaked table of 1,000 rows a call would be 30
