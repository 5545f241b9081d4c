"""Simulations in the Dagster UI: a draft replayed over what is published, and other thresholds.

What belongs here: the two jobs, their configuration and what they show. What doesn't: the work (`simulations`).
"""

# No `from __future__ import annotations`: Dagster reads the annotations of a step and its configuration as they stand.

from pathlib import Path

import dagster as dg
from pydantic import Field

from dagster_project.defs.telling import plain_failures
from dagster_project.settings import Settings

SIMULATE, THRESHOLD = "simulate", "threshold"
WIDTH = 100


class Draft(dg.Config):
    """Which contract is replayed, and from when."""

    contract: str = Field(
        description="The contract's file, as contracts/2026-11-draft.yml or by its name in the contracts folder. It "
        "need not be signed, and need not lie in that folder."
    )
    in_force_from: str | None = Field(
        default=None,
        description="The month from which it is in force, as 2026-05. Without one, a draft is from the beginning, a "
        "signed version from its own month.",
    )


class Thresholds(dg.Config):
    """Which thresholds are looked at."""

    version: int | None = Field(
        default=None,
        description="The signed contract version whose threshold it is; the one in force if none.",
    )
    candidates: str | None = Field(
        default=None,
        description="The thresholds to look at, as 55, 62.5, 70; without any, some on either side of the signed one.",
    )


@dg.op(name="replay", out=dg.Out(dg.Nothing), description="Replays what is published under a contract.")
def _replay(context: dg.OpExecutionContext, config: Draft, settings: dg.ResourceParam[Settings]) -> None:
    from dagster_project.defs.simulations import simulate

    with plain_failures():
        simulated = simulate(settings, config.contract, config.in_force_from)
    _show(context, simulated.folder, simulated.text(colour=False, width=WIDTH))


@dg.op(
    name="search",
    out=dg.Out(dg.Nothing),
    description="Looks at other thresholds in one pass over the scores.",
)
def _search(context: dg.OpExecutionContext, config: Thresholds, settings: dg.ResourceParam[Settings]) -> None:
    from dagster_project.defs.simulations import search, thresholds

    with plain_failures():
        searched = search(settings, config.version, thresholds(config.candidates))
    _show(context, searched.folder, searched.text(colour=False, width=WIDTH))


def _show(context: dg.OpExecutionContext, folder: Path, text: str) -> None:
    context.add_output_metadata(
        {
            "page": dg.MetadataValue.url((folder / "index.html").as_uri()),
            "folder": dg.MetadataValue.path(folder),
            "in short": dg.MetadataValue.md(f"```\n{text}\n```"),
        }
    )


@dg.job(
    name=SIMULATE,
    executor_def=dg.in_process_executor,
    description="What a draft contract would have meant: the whole history replayed under it, beside what is "
    "published. Nothing that is published changes.",
)
def simulate_job() -> None:
    _replay()


@dg.job(
    name=THRESHOLD,
    executor_def=dg.in_process_executor,
    description="What another threshold would have meant: MQLs, their SQL rate and the reps' load at each candidate.",
)
def threshold_job() -> None:
    _search()
