"""The campaigns, by the MQLs credited to them.

What belongs here: this section's sentences, chart and table. What doesn't: the figures, which its query has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dagster_project.review.charts import DARK, LIGHT, MUTED, WIDTH, Spec, layered, top_of
from dagster_project.review.marts import Row, Rows
from dagster_project.review.parts import NOTHING, Cell, Evidence, Section, Table
from dagster_project.review.questions import campaign_sentences, questions_of

if TYPE_CHECKING:
    import altair as alt

MOST_CAMPAIGNS = 15


def campaigns_section(evidence: Evidence) -> Section:
    """Campaigns by the MQLs credited to them, with what each MQL cost; small samples are marked."""
    wording, rows = evidence.wording, evidence.rows("campaigns")
    title = wording.say("section.campaigns")
    if not rows:
        return Section(
            "campaigns", title, [wording.say("campaigns.none")], questions=questions_of(evidence, "campaigns")
        )
    small = sum(row["is_small_sample"] for row in rows)
    shown = rows[:MOST_CAMPAIGNS]
    bars = [
        {
            "campaign": name,
            "mqls": row["mqls"],
            "sqls": row["sqls"],
            "is_small_sample": row["is_small_sample"],
            "label": _campaign_label(evidence, row),
        }
        for name, row in zip(_distinct_names(evidence, shown), shown, strict=True)
    ]
    legend = {"mqls": wording.say("campaigns.all_mqls"), "sqls": wording.say("campaigns.of_them_sqls")}
    description = wording.say(
        "campaigns.chart", list=wording.listed(f"{bar['campaign']}: {bar['label']}" for bar in bars)
    )
    return Section(
        "campaigns",
        title,
        sentences=[
            *campaign_sentences(evidence),
            wording.say("campaigns.small_samples", count=small, number=wording.number(small))
            if small
            else wording.say("campaigns.no_small_samples"),
        ],
        charts=[evidence.drawing.draw(draw_campaigns(bars, legend), description)],
        tables=[_campaigns_table(evidence)],
        how_to_read=wording.say("campaigns.how_to_read"),
        notes=[wording.say("campaigns.note"), *_shown_of(evidence, rows)],
        questions=questions_of(evidence, "campaigns"),
    )


def _shown_of(evidence: Evidence, rows: Rows) -> list[str]:
    wording = evidence.wording
    if len(rows) <= MOST_CAMPAIGNS:
        return []
    return [
        wording.say(
            "campaigns.shown_of", shown=wording.number(MOST_CAMPAIGNS), campaigns=wording.number(len(rows))
        )
    ]


def _campaign_name(evidence: Evidence, row: Row) -> str:
    return (
        evidence.wording.say("campaigns.without_campaign")
        if row["campaign_name"] is None
        else row["campaign_name"]
    )


def _distinct_names(evidence: Evidence, rows: Rows) -> list[str]:
    """The campaigns' names; of several with one name, each with its id."""
    names = [_campaign_name(evidence, row) for row in rows]
    return [
        name if names.count(name) == 1 else f"{name} ({row['campaign_id']})"
        for name, row in zip(names, rows, strict=True)
    ]


def _campaign_label(evidence: Evidence, row: Row) -> str:
    wording = evidence.wording
    cost = "paid" if row["spend"] else "free"
    sample = "small" if row["is_small_sample"] else "enough"
    return wording.say(
        f"campaigns.bar_{cost}_{sample}",
        mqls=wording.about(row["mqls"]),
        cost=evidence.money(row["cost_per_mql"]).text,
    )


def _campaigns_table(evidence: Evidence) -> Table:
    wording, rows = evidence.wording, evidence.rows("campaigns")
    cells = [_campaign_row(evidence, row) for row in rows[:MOST_CAMPAIGNS]]
    if others := rows[MOST_CAMPAIGNS:]:
        cells.append(_other_campaigns(evidence, others))
    return Table(
        name="campaigns",
        caption=wording.say("campaigns.table"),
        headings=evidence.headings(
            "campaign",
            "channel",
            "mqls",
            "cost_per_mql",
            "sqls",
            "sql_share",
            "customers",
            "amount_won",
            "spend",
            "first_touch",
            "last_touch",
            "sample",
        ),
        rows=cells,
    )


def _campaign_row(evidence: Evidence, row: Row) -> tuple[Cell, ...]:
    sample = "small" if row["is_small_sample"] else "enough"
    return (
        Cell(_campaign_name(evidence, row), value=row["campaign_id"]),
        Cell(row["channel"] or NOTHING),
        evidence.about(row["mqls"]),
        evidence.money(row["cost_per_mql"]),
        evidence.about(row["sqls"]),
        evidence.share(row["sql_share"]),
        evidence.about(row["customers"]),
        evidence.money(row["amount_won"]),
        evidence.money(row["spend"]),
        evidence.about(row["mqls_first_touch"]),
        evidence.about(row["mqls_last_touch"]),
        Cell(evidence.wording.say(f"campaigns.sample_{sample}"), value=sample),
    )


def _other_campaigns(evidence: Evidence, rows: Rows) -> tuple[Cell, ...]:
    total = {
        name: sum(row[name] for row in rows)
        for name in (
            "mqls",
            "sqls",
            "customers",
            "amount_won",
            "spend",
            "mqls_first_touch",
            "mqls_last_touch",
        )
    }
    number = evidence.wording.number(len(rows))
    return (
        Cell(evidence.wording.say("campaigns.others", count=len(rows), number=number), value=""),
        Cell(NOTHING),
        evidence.about(total["mqls"]),
        evidence.money(total["spend"] / total["mqls"] if total["mqls"] else None),
        evidence.about(total["sqls"]),
        evidence.share(total["sqls"] / total["mqls"] if total["mqls"] else None),
        evidence.about(total["customers"]),
        evidence.money(total["amount_won"]),
        evidence.money(total["spend"]),
        evidence.about(total["mqls_first_touch"]),
        evidence.about(total["mqls_last_touch"]),
        Cell(NOTHING),
    )


def draw_campaigns(rows: Rows, legend: Mapping[str, str]) -> Spec:
    """MQLs and SQLs credited to each campaign. Rows: campaign, mqls, sqls, is_small_sample, label."""
    import altair as alt

    base = alt.Chart()
    y = alt.Y(
        "campaign:N",
        sort=[row["campaign"] for row in rows],
        axis=alt.Axis(title=None, ticks=False, domain=False),
    )
    scale = alt.Scale(domain=[0, top_of(rows, "mqls") * 1.45], nice=False)
    colour = alt.Scale(domain=[legend["mqls"], legend["sqls"]], range=[LIGHT, DARK])
    small, enough = "datum.is_small_sample", "!datum.is_small_sample"

    def bar(kind: str, name: str, height: int) -> Callable[[str, float], alt.Chart]:
        def of(which: str, opacity: float) -> alt.Chart:
            return (
                base.transform_filter(which)
                .mark_bar(height=height, fillOpacity=opacity, stroke=MUTED if opacity < 1 else None)
                .encode(
                    x=alt.X(f"{kind}:Q", scale=scale, axis=None),
                    y=y,
                    color=alt.Color(f"{name}:N", scale=colour),
                )
            )

        return of

    return layered(
        [dict(row, all=legend["mqls"], sql=legend["sqls"]) for row in rows],
        bar("mqls", "all", 16)(enough, 1),
        bar("mqls", "all", 16)(small, 0.25),
        bar("sqls", "sql", 8)(enough, 1),
        bar("sqls", "sql", 8)(small, 0.55),
        base.mark_text(align="left", dx=5).encode(x=alt.X("mqls:Q", scale=scale), y=y, text="label:N"),
        width=WIDTH,
        height=26 * len(rows),
    )
