"""What Spark is asked, where it says the same otherwise than DuckDB. What it answers: tests/spark."""

from __future__ import annotations

import re
import unicodedata

import pytest

from dagster_project.warehouse.spark.translate import TranslationError, function_statements, spark_sql
from dagster_project.warehouse.statements import Model
from tests.pipeline import compiled_project

MARKS = ("Mn", "Me")
MODELS = (*compiled_project().standard_models, *compiled_project().models)


def flat(query: str) -> str:
    return re.sub(r"\s+", " ", spark_sql(query)).removeprefix("( ").removesuffix(" )")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_model_can_be_said_in_sparks_words(model: Model) -> None:
    said = spark_sql(model.query).lower()
    assert "asof" not in said
    assert "warehouse" not in said


def test_a_table_is_read_from_the_schema_with_our_prefix_and_goes_by_its_own_name() -> None:
    assert flat("select stg_leads.x from warehouse.staging.stg_leads") == (
        "SELECT stg_leads.x FROM sla_staging.stg_leads AS stg_leads"
    )


def test_an_asof_join_becomes_the_row_whose_next_bound_lies_after() -> None:
    assert flat("select a.x, b.y from a asof left join b on a.k = b.k and a.at >= b.starts_at") == (
        "SELECT a.x, b.y FROM a LEFT JOIN ( SELECT *, LEAD(b.starts_at) OVER (PARTITION BY b.k ORDER BY b.starts_at "
        "NULLS LAST) AS next_bound FROM b WHERE NOT b.starts_at IS NULL ) AS b "
        "ON ( a.k = b.k AND a.at >= b.starts_at ) AND ( b.next_bound IS NULL OR a.at < b.next_bound )"
    )


def test_an_asof_join_that_keeps_no_row_without_a_match_keeps_none_on_spark() -> None:
    assert "INNER JOIN (" in flat("select b.y from a asof join b on a.at >= b.starts_at")


@pytest.mark.parametrize(
    "condition",
    [
        "a.at > b.starts_at",
        "a.at >= b.one and a.at >= b.two",
        "b.one >= a.at",
        "a.at >= b.one and b.k > 1",
    ],
)
def test_an_asof_join_on_anything_else_is_refused(condition: str) -> None:
    with pytest.raises(TranslationError, match="equalities and one `>=` of b are expected"):
        spark_sql(f"select b.y from a asof join b on {condition}")


@pytest.mark.parametrize(
    ("on_duckdb", "on_spark"),
    [
        ("regexp_full_match(t, 'a|b')", r"REGEXP_LIKE(t, '\\A(?:a|b)\\z')"),
        (r"regexp_replace(t, '(a)b', '\1-', 'g')", "REGEXP_REPLACE(t, '(a)b', '$1-')"),
        ("timezone('UTC', t)", "CAST(t AS TIMESTAMP_LTZ)"),
        ("epoch_us(t)", "UNIX_MICROS(CAST(t AS TIMESTAMP_LTZ))"),
        (
            "make_timestamp(epoch_us(t) + 1)",
            "CAST(TIMESTAMP_MICROS(UNIX_MICROS(CAST(t AS TIMESTAMP_LTZ)) + 1) AS TIMESTAMP_NTZ)",
        ),
        ("quantile_cont(t, 0.9)", "PERCENTILE(t, 0.9)"),
        ("sum(t order by t)", "SUM(t)"),
        ("hash('word', t)", "CAST(XXHASH64('word', t) AS DECIMAL(38, 0))"),
        ("hash('row', r)", "CAST(XXHASH64('row', STRUCT(r.*)) AS DECIMAL(38, 0))"),
        ("strip_accents(lower(t))", "SLA_RAW.STRIP_ACCENTS(SLA_RAW.LOWER_LETTERS(t))"),
        (
            "lead(t, n) over (partition by k order by t)",
            (
                "GET(COLLECT_LIST(t) OVER (PARTITION BY k ORDER BY t NULLS LAST "
                "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING), CAST(n AS INT))"
            ),
        ),
        ("lead(t, 2) over (order by t)", "LEAD(t, 2) OVER (ORDER BY t NULLS LAST)"),
    ],
)
def test_a_function_is_said_in_sparks_words(on_duckdb: str, on_spark: str) -> None:
    said = flat(f"select {on_duckdb} as said from r")
    assert said.replace("( ", "(").replace(" )", ")") == f"SELECT {on_spark} AS said FROM r"


def test_a_function_that_nobody_thought_of_is_refused_by_its_name() -> None:
    with pytest.raises(TranslationError, match="the function damerau_levenshtein is not known on Spark"):
        spark_sql("select damerau_levenshtein(a, b) from r")


def test_names_that_are_used_twice_in_nested_queries_stay_where_they_are() -> None:
    said = flat(
        "with a as (with b as (select 1 as x) select x from b), b as (select 2 as y) select * from a, b"
    )
    assert said.count("b AS (") == 2


def letters(function: str) -> dict[str, str]:
    """What a function of ours makes of each character that it changes."""
    (statement,) = (each for each in function_statements() if f".{function}(" in each)
    changed, into = re.findall("'([^']*)'", statement)
    return dict(zip(changed, into.ljust(len(changed), "\0"), strict=True))


def test_spark_takes_accents_off_as_unicode_decomposes_them() -> None:
    """Of Latin, Greek and Cyrillic: the base letter of the canonical decomposition; a mark alone is nothing."""
    told = letters("strip_accents")
    for code in [*range(0xC0, 0x250), *range(0x370, 0x530), *range(0x300, 0x370), *range(0x1E00, 0x1FFF)]:
        letter = chr(code)
        base = "".join(
            c for c in unicodedata.normalize("NFD", letter) if unicodedata.category(c) not in MARKS
        )
        assert told.get(letter, letter).strip("\0") == base, hex(code)


def test_spark_takes_each_letter_for_the_small_one_whatever_stands_around_it() -> None:
    """A capital sigma at a word's end, and the Turkish capital I with its dot, are where languages differ."""
    told = letters("lower_letters")
    assert "".join(told.get(letter, letter) for letter in "ΝΕΟΣ İZMİR École") == "νεοσ izmir école"


def test_spark_trims_every_blank_and_no_tab() -> None:
    said = spark_sql("select trim(t)")
    assert re.findall("'([^']*)'", said) == [
        "".join(chr(code) for code in [*range(0x3001)] if unicodedata.category(chr(code)) == "Zs")
    ]


def test_a_replacement_of_the_first_match_alone_is_refused() -> None:
    with pytest.raises(TranslationError, match="regexp_replace without 'g'"):
        spark_sql("select regexp_replace(t, 'a', 'b')")
