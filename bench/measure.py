"""What a command costs: CPU seconds and peak memory of its whole process tree, and one JSON file a benchmark's run."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
SECONDS_BETWEEN_SAMPLES = 0.05
KIB = 1024
MEASURED_PACKAGES = ("duckdb", "pyarrow", "numpy", "pandas", "dagster", "dbt-core")


@dataclass(frozen=True)
class Cost:
    """CPU seconds (user and system, of the process and all that it waited for), and the peak of the resident memory of
    the whole tree in bytes, pages that two of its processes share counted twice."""

    cpu_seconds: float
    peak_bytes: int


def cost_of(command: Sequence[str]) -> Cost:
    """Run a command to its end and measure it. Raises CalledProcessError when it fails."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peaks = [0]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(SECONDS_BETWEEN_SAMPLES):
            peaks[0] = max(peaks[0], sum(_resident_bytes(pid) for pid in _tree(process.pid)))

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    _, status, usage = os.wait4(process.pid, 0)
    ended.set()
    watching.join()
    process.returncode = os.waitstatus_to_exitcode(status)  # it was waited for here, not by Popen
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    # One process's own peak is exact; the sum over several is as good as the samples.
    return Cost(usage.ru_utime + usage.ru_stime, max(peaks[0], usage.ru_maxrss * KIB))


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in _tree(int(child)))]


def _resident_bytes(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def median_cost(costs: Sequence[Cost]) -> Cost:
    """The median of the CPU seconds, and the highest peak."""
    return Cost(statistics.median(each.cpu_seconds for each in costs), max(each.peak_bytes for each in costs))


def as_values(costs: Sequence[Cost]) -> dict[str, Any]:
    """Costs as JSON: the median, and every single measurement."""
    return {**asdict(median_cost(costs)), "measured": [asdict(each) for each in costs]}


def machine() -> dict[str, Any]:
    """Where it was measured: processor, number of CPUs, memory, how busy it was, and the versions of what matters."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "processor": model,
        "cpus": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "load_average": os.getloadavg()[0],
        "python": platform.python_version(),
        **{name: version(name) for name in MEASURED_PACKAGES},
    }


def keep_result(benchmark: str, values: dict[str, Any]) -> Path:
    """Store a run's figures as `results/<benchmark>_<time>.json`."""
    at = datetime.now(UTC)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{benchmark}_{at:%Y%m%dT%H%M%SZ}.json"
    content = {
        "benchmark": benchmark,
        "measured_at": at.isoformat(timespec="seconds"),
        "machine": machine(),
        **values,
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return path
