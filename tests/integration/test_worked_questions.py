"""The page of worked questions is true of the demo company."""

from __future__ import annotations

import duckdb

from tests.worked_questions import PAGE, Question, demo_company, questions, result_of, with_results

A_PAGE = """# Page

## What is one and one?

It is this.

```sql
select 1 + 1 as sum, null as nothing, 0.5 as half
```

| sum | nothing | half |
| --- | --- | --- |
| 3 |  | 0.5 |

## And then?

```sql
select 'x' as letter
```

"""


def test_the_page_works_ten_questions() -> None:
    worked = questions(PAGE.read_text(encoding="utf-8"))
    assert len(worked) == 10
    assert [question.title for question in worked if not question.result] == []


def test_every_result_on_the_page_is_the_demo_company_s() -> None:
    with demo_company() as demo:
        differing = [
            question.title
            for question in questions(PAGE.read_text(encoding="utf-8"))
            if result_of(demo.connection, question.query) != question.result
        ]
    assert differing == [], (
        f"the demo company or a definition has changed: look, then `make questions` rewrites {PAGE.name}"
    )


def test_a_page_is_read_and_its_results_written() -> None:
    with duckdb.connect() as connection:
        page = with_results(A_PAGE, connection)
    assert questions(A_PAGE)[0].result.endswith("| 3 |  | 0.5 |\n")
    assert [question.result.splitlines()[-1] for question in questions(page)] == ["| 2 |  | 0.5 |", "| x |"]
    assert questions(page)[0] == Question(
        "What is one and one?",
        "select 1 + 1 as sum, null as nothing, 0.5 as half\n",
        "| sum | nothing | half |\n| --- | --- | --- |\n| 2 |  | 0.5 |\n",
    )
    assert page.count("##") == A_PAGE.count("##")
