"""What `sources.yml` may say, and what it is told when it says something else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dagster_project.extracts import Sources, SourcesErrors, load_sources, settings_tables


def load(folder: Path, text: str) -> Sources:
    path = folder / "sources.yml"
    path.write_text(text)
    return load_sources(path)


def problems(folder: Path, text: str) -> list[tuple[str, str]]:
    """(key path, what was found) of every problem."""
    with pytest.raises(SourcesErrors) as raised:
        load(folder, text)
    return [(problem.key_path, problem.found) for problem in raised.value.problems]


def crm(settings: str) -> str:
    return "sources:\n  crm: {family: standard, currency: MXN, " + settings + "}\n"


FULL = """
sources:
  marketing:
    family: standard
    timezone: America/Mexico_City
    currency: MXN
    encoding: latin-1
    delimiter: ";"
    decimal: ","
    delivery: {default: daily, campaign_spend: dump}
    series_from: 2026-01-01
    required: [contacts, touches]
    rates: {USD: 17.20, EUR: 20}
    shared_emails: ["Info@", " compras@empresa.example "]
    max_quarantined_share: 0.05
    limits: {expanded_bytes: 1000, expansion_ratio: 50}
  crm: {family: standard, currency: USD}
"""


def test_every_setting_is_read_as_it_is_written(tmp_path: Path) -> None:
    marketing = load(tmp_path, FULL)["marketing"]
    assert (marketing.timezone, marketing.currency, marketing.encoding) == (
        "America/Mexico_City",
        "MXN",
        "latin-1",
    )
    assert (marketing.delimiter, marketing.decimal) == (";", ",")
    assert (marketing.delivery_of("touches"), marketing.delivery_of("campaign_spend")) == ("daily", "dump")
    assert marketing.series_from == date(2026, 1, 1)
    assert marketing.required == ("contacts", "touches")
    assert marketing.rates == {"USD": Decimal("17.2"), "EUR": Decimal(20)}
    assert marketing.shared_emails == ("info@", "compras@empresa.example")
    assert marketing.max_quarantined_share == Decimal("0.05")
    assert (marketing.limits.expanded_bytes, marketing.limits.expansion_ratio) == (1000, 50)


def test_what_is_left_out_has_the_documented_default(tmp_path: Path) -> None:
    crm = load(tmp_path, FULL)["crm"]
    assert (crm.timezone, crm.encoding, crm.delimiter, crm.decimal) == ("UTC", "utf-8", ",", ".")
    assert (crm.delivery_of("leads"), crm.series_from, crm.required) == ("daily", None, None)
    assert (crm.rates, crm.shared_emails, crm.max_quarantined_share) == ({}, (), Decimal("0.01"))
    assert (crm.limits.expanded_bytes, crm.limits.expansion_ratio) == (8 * 1024**3, 200)


def test_settings_become_tables(tmp_path: Path) -> None:
    tables = settings_tables(load(tmp_path, FULL))
    assert tables["sources"].to_pylist() == [
        {
            "source": "marketing",
            "family": "standard",
            "timezone": "America/Mexico_City",
            "currency": "MXN",
            "decimal": ",",
            "is_crm": True,
        },
        {
            "source": "crm",
            "family": "standard",
            "timezone": "UTC",
            "currency": "USD",
            "decimal": ".",
            "is_crm": True,
        },
    ]
    assert tables["exchange_rates"].to_pylist() == [
        {"source": "marketing", "currency": "USD", "rate": Decimal("17.20000000")},
        {"source": "marketing", "currency": "EUR", "rate": Decimal("20.00000000")},
    ]
    assert tables["shared_emails"].to_pylist() == [
        {"kind": "mailbox", "value": "compras@empresa.example"},
        {"kind": "name", "value": "info"},
    ]


def test_a_rate_keeps_its_digits(tmp_path: Path) -> None:
    assert load(tmp_path, crm("rates: {USD: 18.43750001}"))["crm"].rates["USD"] == Decimal("18.43750001")


@pytest.mark.parametrize(
    ("settings", "key", "found"),
    [
        ("timezone: Mars/Base", "timezone", 'the text "Mars/Base"'),
        ("encoding: UTF8", "encoding", 'the text "UTF8"'),
        ('delimiter: ";;"', "delimiter", 'the text ";;"'),
        ("delimiter: a", "delimiter", 'the text "a"'),
        ("decimal: ';'", "decimal", 'the text ";"'),
        ("delivery: weekly", "delivery", 'the text "weekly"'),
        ("delivery: {default: daily, leeds: dump}", "delivery.leeds", "the key `leeds`"),
        ("delivery: {leads: weekly}", "delivery.leads", 'the text "weekly"'),
        ("series_from: 2026-02-30", "series_from", 'the text "2026-02-30"'),
        ("required: contacts", "required", 'the text "contacts"'),
        ("required: [contacts, people]", "required[1]", 'the text "people"'),
        ("required: [contacts, contacts]", "required[1]", "contacts a second time"),
        ("rates: {USD: 0}", "rates.USD", "the number 0"),
        ("rates: {USD: -1.5}", "rates.USD", "the number -1.5"),
        ("rates: {USD: .nan}", "rates.USD", "the number NaN, written .nan"),
        ("rates: {USD: 0.000000001}", "rates.USD", "the number 0.000000001"),
        ("rates: {usd: 17}", "rates.usd", "the number 17"),
        ("rates: [17]", "rates", "a list of 1"),
        ("shared_emails: [info]", "shared_emails[0]", 'the text "info"'),
        ("shared_emails: ['@empresa.example']", "shared_emails[0]", 'the text "@empresa.example"'),
        ("max_quarantined_share: 1.01", "max_quarantined_share", "the number 1.01"),
        ("limits: {expansion_ratio: 0}", "limits.expansion_ratio", "the number 0"),
        ("limits: {expanded_byte: 5}", "limits.expanded_byte", "the key `expanded_byte`"),
        ("time_zone: UTC", "time_zone", "the key `time_zone`"),
        ("timezone: UTC, timezone: UTC", "timezone", "the key `timezone` a second time (first on line 2)"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_what_was_found(
    tmp_path: Path, settings: str, key: str, found: str
) -> None:
    assert problems(tmp_path, crm(settings)) == [(f"sources.crm.{key}", found)]


def test_a_word_that_yaml_reads_as_something_else_is_to_be_quoted(tmp_path: Path) -> None:
    with pytest.raises(SourcesErrors) as raised:
        load(tmp_path, "sources:\n  crm: {family: standard, currency: NO}\n")
    (problem,) = raised.value.problems
    assert problem.found == "false, written NO"
    assert "put it in quotes" in str(problem.hint)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = """
sources:
  crm: {family: standard, timezone: Mars/Base, decimal: x}
  erp: {family: oracle, currency: MXN}
  "../up": {family: standard, currency: MXN}
  CRM: {family: standard, currency: MXN}
  empty:
extra: 1
"""
    assert set(problems(tmp_path, text)) == {
        ("extra", "the key `extra`"),
        ("sources.crm.currency", "nothing"),
        ("sources.crm.timezone", 'the text "Mars/Base"'),
        ("sources.crm.decimal", 'the text "x"'),
        ("sources.erp.family", 'the text "oracle"'),
        ("sources.../up", "the name `../up`"),
        ("sources.CRM", "the names `crm` and `CRM`"),
        ("sources.empty", "nothing"),
    }


@pytest.mark.parametrize(
    "text", ["", "sources:", "sources: {}", "- a", "sources: [", "sources: {a: *b}", "x"]
)
def test_a_file_without_sources_is_refused(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text)


def test_a_missing_file_says_which_setting_names_it(tmp_path: Path) -> None:
    with pytest.raises(SourcesErrors, match="SLA_SOURCES"):
        load_sources(tmp_path / "sources.yml")


def test_bytes_that_are_not_utf_8_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "sources.yml"
    path.write_bytes(b"sources:\n  crm: {family: standard, currency: MXN} # a\xf1o\n")
    with pytest.raises(SourcesErrors) as raised:
        load_sources(path)
    assert raised.value.problems[0].line == 2


def hubspot(settings: str) -> str:
    return "sources:\n  hub: {family: hubspot, currency: MXN, " + settings + "}\n"


@pytest.mark.parametrize(
    ("settings", "key", "found"),
    [
        ("dispositions: {abc: answered}", "dispositions.abc", 'the text "answered"'),
        ("dispositions: {abc: true}", "dispositions.abc", "true"),
        ("meeting_statuses: {DONE: Held}", "meeting_statuses.DONE", 'the text "Held"'),
        ("deal_stages: {closedwon: yes-of-course}", "deal_stages.closedwon", 'the text "yes-of-course"'),
        ("touch_types: {form: formulario}", "touch_types.form", 'the text "formulario"'),
        ("activity_types: {Cita: visit}", "activity_types.Cita", 'the text "visit"'),
        ("content_types: {form: ''}", "content_types.form", 'the text ""'),
        ("content_types: [pricing]", "content_types", "a list of 1"),
        ("content_types: {Guía: a, guia: b}", "content_types.guia", "the words `Guía` and `guia`"),
        ("sales_departments: Ventas", "sales_departments", 'the text "Ventas"'),
        ("sales_departments: ['']", "sales_departments[0]", 'the text ""'),
        ("is_crm: maybe", "is_crm", 'the text "maybe"'),
        ("disposition: {abc: connected}", "disposition", "the key `disposition`"),
        ("required: [leads]", "required[0]", 'the text "leads"'),
    ],
)
def test_a_vendors_word_that_can_mean_nothing_so_is_named(
    tmp_path: Path, settings: str, key: str, found: str
) -> None:
    ((where, what),) = problems(tmp_path, hubspot(settings))
    assert (where, what.partition(",")[0]) == (f"sources.hub.{key}", found)


def test_the_standard_familys_words_need_no_meaning(tmp_path: Path) -> None:
    assert problems(tmp_path, crm("dispositions: {abc: connected}")) == [
        ("sources.crm.dispositions", "the key `dispositions`")
    ]
    assert problems(tmp_path, crm("is_crm: true")) == [("sources.crm.is_crm", "the key `is_crm`")]


def test_what_sources_yml_says_of_a_word_comes_before_what_the_vendor_says(tmp_path: Path) -> None:
    text = hubspot("meeting_statuses: {canceled: no_show, MINE: held}, sales_departments: [Ventas]")
    words = settings_tables(load(tmp_path, text))["vendor_words"].to_pylist()
    statuses = {row["word"]: row["meaning"] for row in words if row["kind"] == "meeting_status"}
    assert statuses == {
        "canceled": "no_show",
        "MINE": "held",
        "SCHEDULED": "scheduled",
        "RESCHEDULED": "scheduled",
        "COMPLETED": "held",
        "NO_SHOW": "no_show",
    }
    assert {"source": "hub", "kind": "sales_department", "word": "Ventas", "meaning": "sales"} in words


@pytest.mark.parametrize(
    ("others", "says", "is_crm"),
    [
        ("", "", True),
        ("  crm: {family: salesforce, currency: MXN}\n", "", False),
        ("  erp: {family: standard, currency: MXN}\n", "", False),
        ("  crm: {family: salesforce, currency: MXN}\n", "is_crm: true", True),
        ("", "is_crm: false", False),
    ],
)
def test_sales_works_in_hubspot_where_there_is_nothing_else_or_it_says_so(
    tmp_path: Path, others: str, says: str, is_crm: bool
) -> None:
    sources = load(tmp_path, hubspot(says) + others)
    assert sources.is_crm(sources["hub"]) is is_crm


def test_settings_of_checks_are_read_and_refused_with_their_place(tmp_path: Path) -> None:
    text = crm("") + "checks:\n  few_rows: {threshold: 0.05}\n  many_rows: {severity: fatal}\n"
    assert load(tmp_path, text).checks == {
        "few_rows": {"threshold": Decimal("0.05")},
        "many_rows": {"severity": "fatal"},
    }
    with pytest.raises(SourcesErrors) as raised:
        load_sources(
            tmp_path / "sources.yml",
            lambda _: [(("many_rows", "severity"), 'the text "fatal"', "error or warning", None)],
        )
    (problem,) = raised.value.problems
    assert (problem.key_path, problem.found, problem.expected, problem.line) == (
        "checks.many_rows.severity",
        'the text "fatal"',
        "error or warning",
        5,
    )
