"""What a month's attainment looks like where Markdown is read."""

from __future__ import annotations

from datetime import date

from dagster_project.attainment import attainment_markdown, attainment_table
from tests.unit.attainment.frames import a_period, a_target, an_event, attain_all, some_obligations

JANUARY = date(2026, 1, 1)


def rows_of(
    *commitments: tuple[str, str, str, str], pending: int = 0, is_over: bool = True
) -> list[dict[str, object]]:
    """120 MQLs delivered; nine of ten first attempts on time, and some pending."""
    targets = [
        a_target(metric, comparison, target, JANUARY, commitment_id=name, position=position)
        | {"owner": "sales" if metric.endswith("_rate") else "marketing"}
        for position, (name, metric, comparison, target) in enumerate(commitments, start=1)
    ]
    obligations = [
        some_obligations("first_attempt", met=9, breached=1, pending=pending) | {"period": JANUARY}
    ]
    events = [an_event("mqls_delivered", 120, JANUARY), an_event("campaign_spend", 60000, JANUARY)]
    periods = [a_period(JANUARY, is_over=is_over, elapsed=100 if is_over else 50)]
    return attainment_table(attain_all(periods, targets, obligations, events)).to_pylist()


def test_every_commitment_is_a_row_with_its_figures_and_its_status_as_a_word_and_a_shape() -> None:
    text = attainment_markdown(
        rows_of(
            ("volume", "mqls_delivered", "at_least", "150"),
            ("first", "first_attempt_on_time_rate", "at_least", "0.9"),
            ("cost", "cost_per_mql", "at_most", "600"),
        )
    )
    assert text.splitlines() == [
        "| commitment | owner | target | actual | can still end | status |",
        "| --- | --- | ---: | ---: | --- | --- |",
        "| volume | marketing | >= 150 | 120 |  | ✘ **missed** |",
        "| first | sales | >= 90.0 % | 90.0 % |  | ✔ **met** |",
        "| cost | marketing | <= 600 | 500 |  | ✔ **met** |",
    ]


def test_what_is_pending_shows_how_it_can_end_and_that_it_is_not_final() -> None:
    text = attainment_markdown(
        rows_of(("first", "first_attempt_on_time_rate", "at_least", "0.9"), pending=10)
    )
    # 9 of 20 if all that is pending fails, 19 of 20 if none does
    assert "| 45.0 to 95.0 % |" in text
    assert "**on track**, not final" in text
    assert text.splitlines()[-1] == "Not final: the period runs, or something owed in it is undecided."


def test_a_commitment_s_name_cannot_become_markdown() -> None:
    text = attainment_markdown(rows_of(("a|b <b>*c*</b> [x](y)", "mqls_delivered", "at_least", "1")))
    assert r"| a\|b \<b\>\*c\*\</b\> \[x\]\(y\) |" in text
