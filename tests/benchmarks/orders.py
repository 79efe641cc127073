"""The rows that all scans read: ten columns of an order table, the same on every run."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def orders(count: int) -> pa.Table:
    """About 100 bytes a row; ``ID`` comes first and rises from 1,000,000."""
    random = np.random.default_rng(7)
    number = np.arange(count)
    cents = pa.array(number * 37 % 10_000_000).cast(pa.decimal128(19, 0))
    text = pc.cast(pa.array(number), pa.string())
    chunks = [random.integers(0, 2**63, count, dtype=np.int64) for _ in range(2)]
    hashes = pc.binary_join_element_wise(*(pc.cast(pa.array(c), pa.string()) for c in chunks), "")
    start = np.datetime64("2020-01-01", "s")
    return pa.table(
        {
            "ID": pa.array(number + 1_000_000),
            "CUSTOMER_ID": pa.array(number % 977),
            "AMOUNT": pc.divide(cents, pa.scalar(100, pa.decimal128(3, 0))).cast(
                pa.decimal128(12, 2), safe=False
            ),
            "NAME": pc.binary_join_element_wise("customer name", text, " "),
            "STATUS": pa.array(np.array(["NEW", "PAID", "SHIPPED"])[number % 3]),
            "HASH": pc.utf8_slice_codeunits(hashes, 0, 32),
            "ORDERED_ON": pa.array(start + (number % 1000) * 86400, pa.timestamp("s")),
            "CHANGED_AT": pa.array((start + number).astype("datetime64[us]"), pa.timestamp("us")),
            "SCORE": pa.array(random.random(count)),
            "OPTION_ID": pa.array(number, mask=number % 3 != 0),
        }
    )


def megabytes(rows: int) -> float:
    """Size of so many rows in Arrow's memory."""
    sample: int = orders(1000).nbytes
    return sample * rows / 1000 / 1e6
