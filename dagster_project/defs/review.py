"""The review: the page that both departments' leaders look at together, written from what is published."""

# No `from __future__ import annotations`: Dagster reads the annotation of a step's context as it stands.

from collections.abc import Sequence
from typing import Any

import dagster as dg

from dagster_project.contract import Contracts
from dagster_project.defs.publish import KEY as PUBLISHED_KEY
from dagster_project.defs.resources import RunInputs
from dagster_project.defs.telling import MARKETING, SALES, column_metadata, drawn, plain_failures, say
from dagster_project.review import LATEST_NAME, Signatory, Summary, WrittenReview, summary, write_reviews
from dagster_project.settings import Settings

GROUP = "review"
KEY = dg.AssetKey("review")


def review_asset() -> dg.AssetsDefinition:
    """Every review's page, and `latest.html`."""

    @dg.asset(
        key=KEY,
        deps=[PUBLISHED_KEY],
        group_name=GROUP,
        description="One page every two months for the heads of marketing and sales: which promise was kept, which "
        "wasn't and why, and what is proposed next. It is one file, in the contract's language, that opens, prints "
        "and mails anywhere. Written from the published tables; once its figures are final it stays as it is until "
        "one of them is restated.",
        owners=[MARKETING, SALES],
        kinds={"python", "html", "altair"},
        metadata=column_metadata(
            {"review": "text", "figures": "text", "page": "text"},
            {
                "review": "The two months.",
                "figures": "Whether they are final, or can still move.",
                "page": "Whether it was made by this run, or stays as it was.",
            },
        ),
    )
    def review(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        inputs: dg.ResourceParam[RunInputs],
    ) -> dg.MaterializeResult[None]:
        from dagster_project.demo import demo_shape  # the definitions load without the simulator

        warehouse = settings.published / "warehouse.duckdb"
        if not warehouse.exists():
            raise dg.Failure(
                description=f"There is nothing in {settings.published} to review: run everything first.",
                allow_retries=False,
            )
        with plain_failures():
            written = write_reviews(
                warehouse,
                settings.reviews,
                kept=settings.kept_reviews,
                signatories=_signatories(inputs.contracts),
                is_demo=demo_shape(settings.extracts) is not None,
            )
            if not written:
                say(context, "no month has begun, so there is nothing to review yet")
                return dg.MaterializeResult()
            short = summary(warehouse, written[-1].review)
        say(context, _told(written))
        return dg.MaterializeResult(metadata=_metadata(settings, written, short))

    return review


def _signatories(contracts: Contracts) -> list[Signatory]:
    """Who signed, by name: no published table has names, and nothing but the page shows them."""
    return [
        Signatory(version.version, each.department, each.name, each.role or "", each.signed_on)
        for version in contracts.signed
        for each in version.signed_by
    ]


def _told(written: Sequence[WrittenReview]) -> str:
    final = sum(each.is_final for each in written)
    made = sum(each.is_made_now for each in written)
    return f"reviews: {len(written)}, final: {final}, made anew: {made}"


def _metadata(
    settings: Settings, written: Sequence[WrittenReview], short: Summary
) -> dict[str, dg.MetadataValue[Any]]:
    latest = settings.reviews / LATEST_NAME
    return {
        "page": dg.MetadataValue.url(latest.as_uri()),
        "file": dg.MetadataValue.path(latest),
        "verdict": dg.MetadataValue.md(
            "\n\n".join([f"**{short.title}**", short.state, *short.verdicts, " ".join(short.proposal)])
        ),
        "main_chart": dg.MetadataValue.md(drawn(short.chart.svg, short.chart.description)),
        "reviews": dg.MetadataValue.table(
            [
                dg.TableRecord(
                    {
                        "review": each.review.name,
                        "figures": "final" if each.is_final else "provisional",
                        "page": "made now" if each.is_made_now else "as it was",
                    }
                )
                for each in reversed(written)
            ]
        ),
    }
