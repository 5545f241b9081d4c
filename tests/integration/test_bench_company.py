"""The benchmark's company beyond a million people: divisions side by side, told apart by their ids alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from bench import company


@pytest.fixture(scope="module")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company of two divisions of 400 people and one of 160."""
    home = tmp_path_factory.mktemp("company")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(company, "PEOPLE", 400)
        company.deliver(home, 2.4, first_day=date(2026, 3, 1), months=2)
    return home / "extracts"


def rows(extracts: Path, name: str, query: str) -> list[tuple[object, ...]]:
    connection = duckdb.connect()
    connection.execute(
        f"create view {name} as from read_csv('{extracts}/*/{name}/*.csv', all_varchar = true)"
    )
    return connection.execute(query).fetchall()


def test_every_division_has_its_own_people(extracts: Path) -> None:
    """The third has two fifths of the others' people, and contacts in proportion."""
    query = """
        select count(distinct contact_id) from contacts
        group by case when contact_id like '_-%' then contact_id[1] end order by 1
    """
    third, *others = (int(str(count)) for (count,) in rows(extracts, "contacts", query))
    assert len(others) == 2
    assert 0 < third < 0.6 * min(others)


def test_no_two_divisions_share_an_email(extracts: Path) -> None:
    query = """
        select email from contacts where email is not null
        group by email having count(distinct case when contact_id like '_-%' then contact_id[1] end) > 1
    """
    assert rows(extracts, "contacts", query) == []


@pytest.mark.parametrize("name", company.OF_A_DIVISION)
def test_no_file_has_a_second_header(name: str, extracts: Path) -> None:
    lines = [path.read_text(encoding="utf-8").splitlines() for path in extracts.glob(f"*/{name}/*.csv")]
    headers = {each[0] for each in lines}
    assert len(headers) == 1
    assert not any(headers & set(each[1:]) for each in lines)


def test_reps_and_campaigns_are_all_divisions(extracts: Path) -> None:
    query = "select count(*) from users where user_id like '_-%'"
    assert rows(extracts, "users", query) == [(0,)]
    query = "select count(*) from leads where lead_id like '2-%' and owner_id not like 'U%'"
    assert rows(extracts, "leads", query) == [(0,)]
    assert rows(extracts, "leads", "select count(*) > 0 from leads where lead_id like '2-%'") == [(True,)]


def test_what_happened_to_a_person_is_told_of_a_person_of_the_same_division(extracts: Path) -> None:
    query = "select count(*) from touches where contact_id like '1-%' and touch_id not like '1-%'"
    assert rows(extracts, "touches", query) == [(0,)]
    assert rows(extracts, "touches", "select count(*) > 0 from touches where contact_id like '1-%'") == [
        (True,)
    ]
