"""Measures cases, each in a process of its own, and records what it found.

A case names a function that prepares the work and returns it;
only the work is timed. Peers and we run under the same run, name and case, and must give
the same answer.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
BENCH = ROOT / "build" / "bench"
RESULTS = BENCH / "results.jsonl"
PEERS = ROOT / "build" / "bench-env" / "bin" / "python"
"""The interpreter of the peers that the product does not need; made by ``make bench-env``."""

Argument = str | int | bool


@dataclass(frozen=True)
class Answer:
    """What one run of the work did: how many rows, and a digest that all peers share."""

    rows: int
    digest: str


Work = Callable[[], Answer]


@dataclass(frozen=True)
class Case:
    """One thing to measure.

    Attributes:
        name: The benchmark, e.g. ``fifo``.
        case: The data or question that peers share.
        who: ``us`` or the peer.
        prepare: ``package.module:function``; called with ``arguments``, returns the work.
        repeats: Timed runs, after one that is not.
        deadline: Seconds the whole process may take.
        megabytes: Size of the data as Arrow, where MB/s tell something.
        python: The interpreter: the product's, or that of the peers' own environment.
    """

    name: str
    case: str
    who: str
    prepare: str
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    repeats: int = 5
    deadline: float = 600.0
    megabytes: float | None = None
    python: str = sys.executable


@dataclass(frozen=True)
class Result:
    """One line of ``results.jsonl``; seconds are medians, memory the process's high-water mark."""

    run: str
    name: str
    case: str
    who: str
    rows: int
    seconds: float
    cpu_seconds: float
    rows_per_s: float
    mb_per_s: float | None
    peak_rss_mb: float
    digest: str


class BenchmarkError(RuntimeError):
    """A case failed, or peers gave different answers."""


def measure(cases: Iterable[Case]) -> list[Result]:
    """Run the cases one after the other, append them to ``results.jsonl`` and return them."""
    run = uuid.uuid4().hex[:12]
    results: list[Result] = []
    for case in cases:
        result = _measure_in_child(case, run)
        _expect_same_answer(result, results)
        results.append(result)
        _record(result)
    return results


def table(results: Sequence[Result]) -> str:
    """Return the results as text; ``ratio`` is a peer's time over ours."""
    ours = {(each.name, each.case): each for each in results if each.who == "us"}
    header = f"{'name':<14} {'case':<24} {'who':<22} {'seconds':>8} {'cpu s':>8} {'Mrows/s':>8}"
    lines = [f"{header} {'MB/s':>6} {'peak MB':>8} {'ratio':>6} {'cpu ratio':>9}"]
    for each in results:
        us = ours.get((each.name, each.case), each)
        lines.append(
            f"{each.name:<14} {each.case:<24} {each.who:<22} {each.seconds:>8.4f}"
            f" {each.cpu_seconds:>8.4f} {each.rows_per_s / 1e6:>8.2f}"
            f" {each.mb_per_s or 0:>6.0f} {each.peak_rss_mb:>8.0f}"
            f" {each.seconds / us.seconds:>6.1f} {each.cpu_seconds / us.cpu_seconds:>9.1f}"
        )
    return "\n".join(lines)


def _measure_in_child(case: Case, run: str) -> Result:
    description = json.dumps(dataclasses.asdict(case))
    command = [case.python, "-m", "tests.benchmarks.harness", description]
    child = subprocess.run(
        command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True, timeout=case.deadline
    )
    if child.returncode != 0:
        raise BenchmarkError(f"{case.name}/{case.case}/{case.who}: exit code {child.returncode}")
    return Result(run=run, **json.loads(child.stdout.splitlines()[-1]))


def _expect_same_answer(result: Result, earlier: Iterable[Result]) -> None:
    for each in earlier:
        same_question = (each.name, each.case) == (result.name, result.case)
        if same_question and (each.rows, each.digest) != (result.rows, result.digest):
            raise BenchmarkError(
                f"{result.name}/{result.case}: {result.who} answers {result.rows} rows"
                f" {result.digest}, {each.who} {each.rows} rows {each.digest}"
            )


def _record(result: Result) -> None:
    BENCH.mkdir(parents=True, exist_ok=True)
    line = dataclasses.asdict(result)
    del line["digest"]
    with RESULTS.open("a") as results:
        results.write(json.dumps(line) + "\n")


def _run_case(case: Case) -> dict[str, str | int | float | None]:
    """Measure in this process."""
    module, function = case.prepare.split(":")
    work: Work = getattr(importlib.import_module(module), function)(**case.arguments)
    answer = work()
    seconds, cpu_seconds = [], []
    for _ in range(case.repeats):
        cpu, begin = time.process_time(), time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - begin)
        cpu_seconds.append(time.process_time() - cpu)
    median = statistics.median(seconds)
    return {
        "name": case.name,
        "case": case.case,
        "who": case.who,
        "rows": answer.rows,
        "seconds": median,
        "cpu_seconds": statistics.median(cpu_seconds),
        "rows_per_s": answer.rows / median,
        "mb_per_s": case.megabytes and case.megabytes / median,
        "peak_rss_mb": _peak_rss_mb(),
        "digest": answer.digest,
    }


def _peak_rss_mb() -> float:
    """Return this process's own high-water mark; ``ru_maxrss`` would include its parent's."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise BenchmarkError("/proc/self/status has no VmHWM")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_run_case(Case(**json.loads(sys.argv[1])))) + "\n")
