"""The benchmark's analyst writes another program than the product's models, and finds the same numbers.

A company of the benchmark's own making, small and four months old: with merged contacts, deleted records, two contract
versions, and records that come late or twice.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from bench.company import deliver
from bench.pandas_funnel import Figures, figures
from tests.pipeline import Result, build

SCALE = 0.003


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Figures]:
    home = tmp_path_factory.mktemp("company")
    deliver(home, SCALE, first_day=date(2026, 3, 1), months=4)
    return build(home, home), figures(home)


@pytest.mark.parametrize("table", ["funnel_by_period", "funnel_by_cohort"])
def test_the_funnel_has_the_same_numbers(table: str, compared: tuple[Result, Figures]) -> None:
    result, found = compared
    expected = result.frame(f"select * from marts.{table} order by period")
    pd.testing.assert_frame_equal(getattr(found, table), expected, check_dtype=False, check_exact=True)
    assert all(expected[column].sum() > 0 for column in expected.columns[1:])


def test_every_first_response_takes_the_same_business_seconds(compared: tuple[Result, Figures]) -> None:
    result, found = compared
    expected = result.rows("select person_id, cycle, first_response_business_seconds from marts.fct_mqls")
    responses = {
        (str(person_id), int(cycle)): None if pd.isna(seconds) else Decimal(seconds)
        for person_id, cycle, seconds in found.first_responses.itertuples(index=False)
    }
    assert responses == {(person_id, cycle): seconds for person_id, cycle, seconds in expected}
    assert len(responses) == len(found.first_responses)
    assert len([seconds for seconds in responses.values() if seconds]) > 50


def test_the_company_has_what_makes_it_hard(compared: tuple[Result, Figures]) -> None:
    result, _ = compared
    ((merged, deleted, repeated, second_cycles, versions),) = result.rows(
        """
        select
            (select count(*) from staging.stg_contacts where merged_into_contact_id is not null),
            (select count(*) from staging.stg_leads where is_deleted)
                + (select count(*) from staging.stg_opportunities where is_deleted),
            (select count(*) - count(distinct touch_id) from extracts.standard_touches),
            (select count(*) from marts.fct_mqls where cycle > 1),
            (select count(distinct contract_version) from marts.fct_mqls)
        """
    )
    assert min(merged, deleted, repeated, second_cycles) > 0  # type: ignore[call-overload]
    assert versions == 2
