"""CSV extracts of any size to measure ingestion on: all ten objects of the standard format, made by DuckDB.

What belongs here: files that look like a company's exports (ids, times, words that repeat, some quoted text, empty
fields, a few unknown columns). What they say together makes no sense, and needn't: ingestion looks at rows.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

FIRST_DAY = "2026-01-01"
# Rows of each object for every row of touches, about as many as a company has.
SHARES = {
    "touches": 1.0,
    "activities": 0.5,
    "lead_history": 0.3,
    "contacts": 0.2,
    "leads": 0.15,
    "meetings": 0.05,
    "opportunities": 0.05,
    "campaign_spend": 0.02,
    "users": 0.001,
    "campaigns": 0.001,
}
ID = "printf('%s-%010d', '{prefix}', (i * 7919) % 10000000000)"
INSTANT = f"strftime(timestamp '{FIRST_DAY}' + to_microseconds(i * 7777777 % 31536000000000), '%Y-%m-%dT%H:%M:%S.%gZ')"
NAIVE = f"strftime(timestamp '{FIRST_DAY}' + to_seconds(i * 7919 % 31536000), '%Y-%m-%d %H:%M:%S')"
DAY = f"strftime(date '{FIRST_DAY}' + (i % 365)::integer, '%Y-%m-%d')"


def _id(prefix: str) -> str:
    return ID.format(prefix=prefix)


def _one_of(*words: str) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"[{listed}][1 + (i * 31 % {len(words)})]"


def _columns() -> dict[str, dict[str, str]]:
    """SQL of each column over a row number `i`."""
    contact, lead, user, campaign = _id("c"), _id("l"), _id("u"), _id("k")
    return {
        "touches": {
            "touch_id": _id("t"),
            "contact_id": contact,
            "occurred_at": INSTANT,
            "touch_type": _one_of(
                "email_open", "email_click", "page_view", "form_submission", "content_download"
            ),
            "content_type": _one_of("pricing", "", "case_study", "", "blog"),
            "campaign_id": f"case when i % 3 = 0 then {campaign} end",
            "page_url": "'https://www.acme.example/es/recursos/' || (i % 5000)",
        },
        "activities": {
            "activity_id": _id("a"),
            "lead_id": lead,
            "contact_id": "''",
            "user_id": user,
            "activity_type": _one_of("call", "email", "message"),
            "direction": _one_of("outbound", "inbound", ""),
            "occurred_at": INSTANT,
            "outcome": _one_of("connected", "no_answer", "voicemail", "replied"),
            "is_automated": _one_of("false", "true", ""),
            "opportunity_id": "''",
        },
        "lead_history": {
            "history_id": _id("h"),
            "lead_id": lead,
            "field": _one_of("status", "owner_id"),
            "old_value": _one_of("New", "Working", ""),
            "new_value": _one_of("Working", "Qualified", "Nurture"),
            "changed_at": INSTANT,
            "changed_by_id": user,
        },
        "contacts": {
            "contact_id": contact,
            "created_at": NAIVE,
            "updated_at": INSTANT,
            "email": "'persona' || i || '@empresa' || (i % 5000) || '.example'",
            "job_title": _one_of(
                "Director, Ventas", "Gerente General", "CTO", "Estudiante", 'Jefa de "Compras"'
            ),
            "industry": _one_of("software", "retail", "manufactura", "educación"),
            "company": "'Empresa ' || (i % 5000) || ', S.A.'",
            "employee_count": "i % 2000",
            "annual_budget": "i % 900000",
            "country": _one_of("MX", "CO", "CL", "AR"),
            "declared_mql_at": "''",
            "merged_into_contact_id": "''",
            "is_deleted": "'false'",
        },
        "leads": {
            "lead_id": lead,
            "created_at": NAIVE,
            "updated_at": INSTANT,
            "contact_id": contact,
            "email": "'persona' || i || '@empresa' || (i % 5000) || '.example'",
            "owner_id": user,
            "status": _one_of("New", "Working", "Qualified", "Nurture", "Rejected"),
            "rejection_reason": _one_of("", "", "no budget, no need", ""),
            "is_deleted": "'false'",
        },
        "meetings": {
            "meeting_id": _id("m"),
            "lead_id": lead,
            "user_id": user,
            "created_at": NAIVE,
            "scheduled_at": INSTANT,
            "status": _one_of("scheduled", "confirmed", "held", "no_show"),
            "updated_at": INSTANT,
        },
        "opportunities": {
            "opportunity_id": _id("o"),
            "created_at": NAIVE,
            "updated_at": INSTANT,
            "lead_id": lead,
            "owner_id": user,
            "amount": "printf('%.2f', i % 900000 + 0.5)",
            "currency": "'MXN'",
            "stage": _one_of("discovery", "proposal", "negotiation"),
            "is_closed": "'false'",
            "is_won": "'false'",
        },
        "campaign_spend": {
            "campaign_id": campaign,
            "spend_date": DAY,
            "amount": "printf('%.2f', i % 9000 + 0.25)",
            "currency": "'MXN'",
        },
        "users": {"user_id": user, "department": _one_of("sales", "marketing"), "is_active": "'true'"},
        "campaigns": {"campaign_id": campaign, "campaign_name": "'Campaña, ' || i", "started_on": DAY},
    }


def write_object(folder: Path, object_name: str, rows: int, days: int) -> None:
    """Write `days` files of an object, `rows` rows in all, as `<folder>/<object>/<date>.csv`."""
    (folder / object_name).mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"{sql} as {name}" for name, sql in _columns()[object_name].items())
    each = max(rows // days, 1)
    for day in range(days):
        path = folder / object_name / f"2026-{1 + day // 28:02}-{1 + day % 28:02}.csv"
        duckdb.execute(
            f"copy (select {columns} from range({day * each}, {(day + 1) * each}) as numbers(i)) "
            f"to '{path}' (format csv, header)"
        )


def write_company(folder: Path, touches: int, days: int) -> None:
    """All ten objects, with so many touches in all and one file a day of each."""
    for object_name, share in SHARES.items():
        write_object(folder, object_name, int(touches * share), days)


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*.csv"))
