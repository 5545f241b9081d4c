"""Charts show their rows: every label is drawn, and every mark has the length of its figure."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest

from dagster_project.review.charts import OUTCOME_COLOURS, STATUS_COLOURS, TRACK, Drawing, Spec, bullet
from dagster_project.review.sections.campaigns import draw_campaigns
from dagster_project.review.sections.cohorts import draw_cohorts
from dagster_project.review.sections.duties import draw_duties
from dagster_project.review.sections.funnel import draw_funnel
from dagster_project.review.sections.plan import draw_plan
from dagster_project.review.sections.progress import draw_progress
from dagster_project.review.sections.reps import draw_reps
from dagster_project.review.sections.speed import draw_speed
from dagster_project.review.wording import Wording

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>&\"'</script>"


def drawn(spec: Spec, language: str = "en") -> str:
    return Drawing(Wording(language, "MXN", "America/Mexico_City")).draw(spec, "what it shows").svg


def texts(svg: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def bars(svg: str, colour: str) -> list[tuple[float, float]]:
    """(where it begins, how long it is) of each bar of a colour, legends aside."""
    found = []
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if "mark-rect role-mark" in group.get("class", ""):
            for path in group.iter(f"{SVG}path"):
                shape = re.match(r"M([-0-9.]+),[-0-9.]+h([-0-9.]+)", path.get("d", ""))
                if shape and path.get("fill") == colour:
                    found.append((float(shape[1]), float(shape[2])))
    return found


def result(month: str, **values: Any) -> dict[str, Any]:
    return {"month": month, "status": "met", "target": 0.9, "projection": None} | values


def test_a_bullets_bar_is_as_long_as_the_share_reached() -> None:
    rows = [
        result("Jan 2026", actual=0.5, worst=0.5, best=0.5, status="missed"),
        result("Feb 2026", actual=0.8, worst=0.6, best=0.9, status="met"),
    ]

    svg = drawn(bullet(rows, "share"))

    (missed,), (met,) = bars(svg, STATUS_COLOURS["missed"]), bars(svg, STATUS_COLOURS["met"])
    (band,) = bars(svg, "#bcc8d6")
    whole = missed[1] / 0.5
    assert met[1] == pytest.approx(0.8 * whole)
    assert list(band) == pytest.approx([0.6 * whole, 0.3 * whole])  # from worst to best
    assert {"Jan 2026", "Feb 2026", "0%", "100%"} <= set(texts(svg))


def test_a_bullet_of_a_number_has_room_for_the_target_and_the_projection() -> None:
    rows = [
        result(
            "Jan 2026", actual=40.0, worst=None, best=None, target=100.0, projection=110.0, status="at_risk"
        )
    ]

    svg = drawn(bullet(rows, "count"))

    (bar,) = bars(svg, STATUS_COLOURS["at_risk"])
    # the axis, which the track fills, is 12 % longer than the longest of them
    (track,) = bars(svg, TRACK)
    assert bar[1] / track[1] == pytest.approx(40 / (110 * 1.12), rel=0.01)


def test_a_bullet_without_a_figure_has_its_target_only() -> None:
    svg = drawn(bullet([result("Jan 2026", actual=None, worst=None, best=None, status="on_track")], "share"))

    assert bars(svg, STATUS_COLOURS["on_track"]) == []
    assert "Jan 2026" in texts(svg)


def test_duties_are_parts_of_a_whole() -> None:
    rows = [
        {"duty": "Hand off", "outcome": "met", "start": 0, "end": 0.75, "label": "3"},
        {"duty": "Hand off", "outcome": "late", "start": 0.75, "end": 1, "label": "1"},
    ]

    svg = drawn(draw_duties(rows, {"met": "on time", "late": "late"}))

    (met,), (late,) = bars(svg, OUTCOME_COLOURS["met"]), bars(svg, OUTCOME_COLOURS["late"])
    assert met[1] == pytest.approx(3 * late[1])
    assert {"Hand off", "on time", "late", "3", "1"} <= set(texts(svg))


DRAWN: dict[str, tuple[Callable[[], Spec], set[str]]] = {
    "progress": (
        lambda: draw_progress(
            [
                {"business_day": 1, "mqls": 2, "goal_so_far": 2.5, "label": None},
                {"business_day": 2, "mqls": 4, "goal_so_far": 5.0, "label": "4 so far"},
            ],
            5,
            "business day",
            "target 5",
        ),
        {"business day", "target 5", "4 so far"},
    ),
    "funnel": (
        lambda: draw_funnel(
            [{"stage_label": "New people", "month": "January", "events": 3, "label": "3"}], ["January"]
        ),
        {"New people", "January", "3"},
    ),
    "cohorts": (
        lambda: draw_cohorts(
            [
                {"month": "Jan", "stage_label": "SQL", "shade": 1, "is_mature": True, "label": "25 %"},
                {"month": "Feb", "stage_label": "SQL", "shade": 0, "is_mature": False, "label": "5 % so far"},
            ]
        ),
        {"Jan", "Feb", "SQL", "25 %", "5 % so far"},
    ),
    "speed": (
        lambda: draw_speed(
            [
                {"month": "Jan", "median_hours": 2.0, "p90_hours": 7.0, "promised_hours": 8.0},
                {"month": "Feb", "median_hours": None, "p90_hours": None, "promised_hours": None},
            ],
            "hours",
        ),
        {"Jan", "Feb", "hours"},
    ),
    "reps": (
        lambda: draw_reps(
            [{"rep_id": HOSTILE, "mqls": 5, "min": None, "max": None, "load": "within", "label": "5"}], 5
        ),
        {HOSTILE, "5"},
    ),
    "campaigns": (
        lambda: draw_campaigns(
            [{"campaign": HOSTILE, "mqls": 12.5, "sqls": 3.0, "is_small_sample": False, "label": "12.5"}],
            {"mqls": "MQLs", "sqls": "SQLs"},
        ),
        {HOSTILE, "12.5", "MQLs", "SQLs"},
    ),
    "plan": (
        lambda: draw_plan(
            [
                {"name": "goal", "mqls": 120.0, "low": 100.0, "high": 150.0, "label": "120"},
                {"name": "budget", "mqls": 110.0, "low": None, "high": None, "label": "110"},
            ],
            110.0,
            "proposal: 110",
        ),
        {"goal", "budget", "120", "110", "proposal: 110"},
    ),
}


@pytest.mark.parametrize("name", list(DRAWN))
def test_every_label_of_a_chart_is_drawn_once(name: str) -> None:
    draw, labels = DRAWN[name]

    found = texts(drawn(draw()))

    assert labels <= set(found)
    assert {"undefined", "null", "NaN"}.isdisjoint(found)
    assert found.count("proposal: 110") <= 1


def test_axes_write_numbers_as_the_language_does() -> None:
    rows = [result("ene 2026", actual=2500.0, worst=None, best=None, target=2000.0)]
    spain = Drawing(Wording("es", "EUR", "Europe/Madrid")).draw(bullet(rows, "count"), "").svg

    assert "1.000" in texts(spain)
    assert "1,000" in texts(drawn(bullet(rows, "count")))


def test_charts_of_one_page_share_no_id() -> None:
    drawing = Drawing(Wording("en", "MXN", "America/Mexico_City"))
    spec = DRAWN["funnel"][0]()
    ids = [set(re.findall(r'\sid="([^"]+)"', drawing.draw(spec, "").svg)) for _ in range(2)]

    assert ids[0].isdisjoint(ids[1])


@pytest.mark.parametrize("name", list(DRAWN))
def test_a_chart_keeps_to_the_grammar_of_vega_lite(name: str) -> None:
    """What is not checked while a page is drawn, for speed, is checked here."""
    import altair as alt

    alt.Chart.from_dict(DRAWN[name][0]())
