"""Units of measure, T006."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.values import Value, build

# Unit, dimension, numerator, denominator, exponent of ten, ISO code, decimals.
_UNITS = (
    ("ST", "AAAADL", 1, 1, 0, "PCE", 0),
    ("KG", "MASS", 1, 1, 0, "KGM", 3),
    ("G", "MASS", 1, 1, -3, "GRM", 0),
    ("TO", "MASS", 1, 1, 3, "TNE", 3),
    ("LB", "MASS", 45359237, 100000000, 0, "LBR", 3),
    ("M", "LENGTH", 1, 1, 0, "MTR", 3),
    ("MM", "LENGTH", 1, 1, -3, "MMT", 0),
    ("FT", "LENGTH", 3048, 10000, 0, "FOT", 3),
    ("L", "VOLUME", 1, 1, -3, "LTR", 3),
    ("M3", "VOLUME", 1, 1, 0, "MTQ", 3),
    ("H", "TIME", 3600, 1, 0, "HUR", 1),
    ("TAG", "TIME", 86400, 1, 0, "DAY", 0),
    ("°C", "TEMP", 1, 1, 0, "CEL", 1),
    ("%", "PROPOR", 1, 1, -2, "P1", 2),
)
_CELSIUS = 273_150_000  # what to add for kelvin, in 10**-6


def rows() -> Iterator[tuple[Table, pa.Table]]:
    """T006."""
    unit, dimension, numerator, denominator, exponent, iso, decimals = zip(*_UNITS, strict=True)
    is_celsius = np.array([name == "°C" for name in unit])
    columns: dict[str, Value] = {
        "MSEHI": pa.array(unit),
        "KZEX3": "X",
        "KZEX6": "X",
        "ANDEC": np.array(decimals),
        "KZKEH": "X",
        "DIMID": pa.array(dimension),
        "ZAEHL": np.array(numerator),
        "NENNR": np.array(denominator),
        "EXP10": np.array(exponent),
        "ADDKO": np.where(is_celsius, _CELSIUS, 0),
        "DECAN": np.array(decimals),
        "ISOCODE": pa.array(iso),
        "PRIMARY": "X",
        "TEMP_VALUE": pa.array(np.where(is_celsius, 20.5, 0.0)),
        "TEMP_UNIT": pa.array(["°C" if celsius else "" for celsius in is_celsius]),
    }
    yield TABLES["T006"], build(TABLES["T006"], len(_UNITS), columns)
