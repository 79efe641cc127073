"""``python -m tests.benchmarks [NAME …] [--rows N]``: measures beside peers and prints a table."""

import argparse
import contextlib
import importlib
import sys

import pytest

from tests.benchmarks.harness import Result, measure, table

NAMES = ("fifo", "odbc_scan", "oracle_scan", "sap_scan", "sqlserver_scan")


def run(name: str, rows: int | None = None) -> list[Result]:
    """Measure one benchmark; ``rows`` instead of its own size."""
    module = importlib.import_module(f"tests.benchmarks.{name}")
    cases = module.cases() if rows is None else module.cases(rows)
    if isinstance(cases, list):
        cases = contextlib.nullcontext(cases)
    with cases as prepared:
        return measure(prepared)


def main() -> None:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="default: all")
    parser.add_argument("--rows", type=int, help="instead of the benchmark's own size")
    arguments = parser.parse_args()
    for name in arguments.names or NAMES:
        try:
            sys.stdout.write(table(run(name, arguments.rows)) + "\n")
        except pytest.skip.Exception as error:  # its source or driver is not installed here
            sys.stdout.write(f"{name}: not measured, {error}\n")


if __name__ == "__main__":
    main()
