"""The results as one page that opens without a network, and as Markdown for who is shown no page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from .results import CheckResult

TEMPLATE_FOLDER = Path(__file__).parent


def check_page(results: Sequence[CheckResult], stated: str) -> str:
    """One self-contained HTML page of results; `stated` says what was checked, as of when, in a few words."""
    import jinja2  # late: most who import this package need no page

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    failed = sorted(
        (result for result in results if not result.passed), key=lambda result: not result.is_blocking
    )
    return environment.get_template("page.html.j2").render(
        stated=stated,
        errors=[result for result in failed if result.is_blocking],
        warnings=[result for result in failed if not result.is_blocking],
        passed=sum(result.passed for result in results),
        suites=[(table, list(group)) for table, group in groupby(results, key=lambda result: result.table)],
        in_words=in_words,
    )


def check_markdown(results: Sequence[CheckResult]) -> str:
    """What the page says first, and a table of all results: what hasn't passed comes first."""
    ordered = sorted(results, key=lambda result: (result.passed, not result.is_blocking))
    errors = sum(result.is_blocking for result in results)
    passed = sum(result.passed for result in results)
    lines = [
        f"**Errors: {errors}, warnings: {len(results) - errors - passed}, passed: {passed}**",
        "",
        "| check | result | found | expected |",
        "| --- | --- | --- | --- |",
    ]
    for result in ordered:
        outcome = "passed" if result.passed else "**error**" if result.is_blocking else "*warning*"
        cells = (in_words(result.check_id), outcome, result.observed_text, result.threshold_text)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def in_words(check_id: str) -> str:
    """A check's id as the sentence it is."""
    words = check_id.replace("_", " ").replace("mql", "MQL").replace(" sla ", " SLA ")
    return words[:1].upper() + words[1:]
