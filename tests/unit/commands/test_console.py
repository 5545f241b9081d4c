"""What is printed while a command works: plain text where nobody watches, names as they are."""

from __future__ import annotations

from io import StringIO

from dagster_project.commands.console import PLAIN_WIDTH, Console


def test_lines_are_plain_where_there_is_no_terminal() -> None:
    stream = StringIO()
    console = Console(stream)
    console.say("reading")
    console.warn("a file was refused")
    console.fail("no contract")
    assert "\x1b" not in stream.getvalue()
    assert not console.is_terminal
    assert not console.has_colour
    assert console.width == PLAIN_WIDTH


def test_what_looks_like_markup_in_a_name_is_printed_as_it_is() -> None:
    stream = StringIO()
    console = Console(stream)
    console.say("crm/leads/2026-01-01.[bold].csv: refused")
    console.fail("[/red] is no key")
    assert "crm/leads/2026-01-01.[bold].csv: refused" in stream.getvalue()
    assert "[/red] is no key" in stream.getvalue()


def test_a_long_message_stays_on_its_line() -> None:
    # Whoever searches a log for a path must find it whole.
    stream = StringIO()
    path = "/srv/" + "a-long-folder/" * 20
    Console(stream).fail(f"{path} doesn't exist")
    assert path in stream.getvalue()


def test_work_that_takes_its_time_is_announced() -> None:
    stream = StringIO()
    with Console(stream).working("simulating"):
        assert "simulating" in stream.getvalue()
