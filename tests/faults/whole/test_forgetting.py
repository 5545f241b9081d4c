"""`make forget` killed with its run at any moment: given again it leaves the person nowhere, and the rest whole.

FAULT_KILLS (default 50) says how many random kills there are beside those at chosen moments: a tenth of it.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.faults.runs import (
    LONGEST_RUN_SECONDS,
    SECONDS_BETWEEN_LOOKS,
    Company,
    Run,
    a_company,
    assert_it_is_said_what_happened,
    content,
    is_readable,
    run,
    start,
    wait_for_boundary,
)
from tests.faults.whole.conftest import SEED
from tests.integration.command_line import published_rows
from tests.published_texts import text_of
from tests.scenarios.history import History, a_contract

RANDOM_KILLS = int(os.environ.get("FAULT_KILLS", "50")) // 10
ANA, LUIS = "contact-ana-0001", "contact-luis-0001"
NAMES = (ANA, "ana.ejemplo@acme.example", "ana.antes@acme.example")
FORGET = ("forget", "--person", ANA)
COMMITMENTS = [{"id": "mql-volume", "owner": "marketing", "metric": "mqls_delivered", "at_least": 1}]

Kill = Callable[[Run, Path], None]


def two_people(folder: Path) -> Path:
    """Ana, who had another address before and bought, and Luis; both are MQLs of January."""
    history = History(a_contract(commitments=COMMITMENTS))
    ana = history.mql(ANA, "2026-01-12 10:00", "2026-01-12 11:00").calls("2026-01-12 12:00")
    ana.has("2026-01-02 10:00", email=NAMES[2])
    ana.has("2026-01-03 10:00", email=NAMES[1])
    ana.opportunity("2026-02-02 10:00", won="2026-02-20 10:00")
    history.mql(LUIS, "2026-01-13 10:00", "2026-01-13 11:00").calls("2026-01-13 12:00")
    history.row("touches", touch_id="bad", contact_id=ANA, occurred_at="never", touch_type="page_view")
    history.write(folder)
    return folder


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return a_company(tmp_path_factory.mktemp("people"), two_people)


@pytest.fixture(scope="module")
def undisturbed(
    people: Company, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, list[str]], float]:
    """What is published after nobody disturbed the command, and how long it took."""
    folder = tmp_path_factory.mktemp("forgotten")
    home = shutil.copytree(people.home, folder / "home")
    began = time.monotonic()
    ended = run(people.settings(home), folder / "printed.txt", FORGET)
    assert ended.ended() == 0, ended.output
    seconds = time.monotonic() - began
    assert_nobody_is_named(home)
    restated = published_rows(
        home, "select distinct cause from marts.sla_restatements where old_actual > new_actual order by all"
    )
    assert restated == [("erasure",)]
    return content(home), seconds


def assert_nobody_is_named(home: Path) -> None:
    paths = [path for path in home.rglob("*") if path.is_file()]
    assert len(paths) > 30
    for path in paths:
        text = text_of(path).lower()
        assert [name for name in NAMES if name in text] == [], path


def forgotten_in_spite_of(
    kills: Sequence[Kill], people: Company, home: Path, folder: Path, expected: dict[str, list[str]]
) -> int:
    """Kill the command again and again over a home, then let it end; how often it was at work when it was killed."""
    shutil.copytree(people.home, home)
    at_work = 0
    for number, kill in enumerate(kills):
        started = start(people.settings(home), folder / f"{home.name}_{number}.txt", command=FORGET)
        kill(started, home)
        at_work += started.kill()
        assert is_readable(home)
    ended = run(people.settings(home), folder / f"{home.name}.txt", FORGET)
    assert ended.ended() == 0, ended.output
    assert_nobody_is_named(home)
    assert content(home) == expected
    assert any(LUIS in row for row in expected["fct_mqls"])
    assert_it_is_said_what_happened(home, at_work)
    shutil.rmtree(home)
    return at_work


def once(is_so: Callable[[Path], bool]) -> Kill:
    def wait(started: Run, home: Path) -> None:
        give_up_at = time.monotonic() + LONGEST_RUN_SECONDS
        while started.process.is_alive() and not is_so(home) and time.monotonic() < give_up_at:
            time.sleep(SECONDS_BETWEEN_LOOKS)

    return wait


def at_boundary(boundary: str) -> Kill:
    return lambda started, home: wait_for_boundary(started, home, boundary)


def after(seconds: float) -> Kill:
    return lambda started, _home: started.process.join(seconds)


def test_kills_while_delivered_files_are_rewritten_and_what_was_made_of_them_is_deleted(
    people: Company, undisturbed: tuple[dict[str, list[str]], float], tmp_path: Path
) -> None:
    kills = [
        once(lambda home: any((home / "history/suppression").glob("[0-9]*.parquet"))),
        once(lambda home: any((home / "ledger").rglob(".erased"))),
        once(lambda home: not (home / "build/warehouse.duckdb").exists()),
    ]
    assert forgotten_in_spite_of(kills, people, tmp_path / "home", tmp_path, undisturbed[0]) == len(kills)


def test_kills_while_everything_is_stated_anew(
    people: Company, undisturbed: tuple[dict[str, list[str]], float], tmp_path: Path
) -> None:
    kills = [at_boundary("transform - STEP_START"), at_boundary("published - STEP_SUCCESS")]
    at_work = forgotten_in_spite_of(kills, people, tmp_path / "home", tmp_path, undisturbed[0])
    # The last moment may be over before the kill arrives.
    assert at_work >= len(kills) - 1


def test_kills_at_random_moments(
    people: Company, undisturbed: tuple[dict[str, list[str]], float], tmp_path: Path
) -> None:
    expected, seconds = undisturbed
    draws = random.Random(f"{SEED} forget")
    at_work = 0
    while at_work < RANDOM_KILLS:
        kills = [after(draws.random() * seconds) for _ in range(draws.randint(1, 3))]
        at_work += forgotten_in_spite_of(kills, people, tmp_path / "home", tmp_path, expected)
