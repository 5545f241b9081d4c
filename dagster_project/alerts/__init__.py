"""Alerts: what each department has to know at the end of a run, once per fact, in the contract's language.

What belongs here: telling facts apart from news (`facts`, `told`), wording a digest (`digest`) and sending it through
Apprise (`sending`). What doesn't: any figure that the published tables don't have, any person's name or address, and
when a digest is due, which is the run's matter.
"""

from __future__ import annotations

from dagster_project.alerts.digest import Digest, digest_of
from dagster_project.alerts.facts import (
    DATA,
    MARKETING,
    SALES,
    Audience,
    Fact,
    FailedCheck,
    LateExtract,
    check_facts,
    late_facts,
    published_facts,
    run_fact,
)
from dagster_project.alerts.sending import Recipient, check_addresses, recipients_of, send
from dagster_project.alerts.told import Told, news_for, told_in
from dagster_project.alerts.wording import Wording

__all__ = [
    "DATA",
    "MARKETING",
    "SALES",
    "Audience",
    "Digest",
    "Fact",
    "FailedCheck",
    "LateExtract",
    "Recipient",
    "Told",
    "Wording",
    "check_addresses",
    "check_facts",
    "digest_of",
    "late_facts",
    "news_for",
    "published_facts",
    "recipients_of",
    "run_fact",
    "send",
    "told_in",
]
