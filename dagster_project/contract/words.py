"""The words a contract may use, and what each metric needs to be defined."""

from __future__ import annotations

import unicodedata

DEPARTMENTS = ("marketing", "sales")
LANGUAGES = ("es", "en")
BASES = ("scored", "declared")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TOUCH_TYPES = (
    "email_open",
    "email_click",
    "form_submission",
    "content_download",
    "page_view",
    "webinar_attended",
    "info_request",
    "other",
)
ACTIVITY_TYPES = ("call", "email", "message", "meeting")
SQL_CONDITIONS = ("connected", "accepted", "meeting_confirmed", "opportunity_created", "qualified_status")
STATUS_GROUPS = ("accepted", "rejected", "recycled", "qualified")

# The lead statuses without which an SQL condition could never hold.
STATUSES_OF_SQL_CONDITION = {"accepted": "accepted", "qualified_status": "qualified"}

METRIC_KINDS = {
    "leads_created": "volume",
    "mqls_qualified": "volume",
    "mqls_delivered": "volume",
    "sqls": "volume",
    "opportunities": "volume",
    "customers_won": "volume",
    "meetings_confirmed": "volume",
    "revenue_won": "volume",
    "handoff_on_time_rate": "rate",
    "first_attempt_on_time_rate": "rate",
    "cadence_completed_rate": "rate",
    "disposition_on_time_rate": "rate",
    "no_contact_procedure_rate": "rate",
    "reps_within_capacity_rate": "rate",
    "mql_to_sql_rate": "rate",
    "mql_to_opportunity_rate": "rate",
    "mql_to_customer_rate": "rate",
    "win_rate": "ratio",
    "cost_per_mql": "ratio",
}

# Metrics that are shares of a whole, and so never above 1.
SHARES = frozenset(metric for metric, kind in METRIC_KINDS.items() if kind == "rate") | {"win_rate"}

DEFINITION_OF_METRIC = {
    "handoff_on_time_rate": ("handoff", "within_business_hours"),
    "first_attempt_on_time_rate": ("follow_up", "first_attempt_within_business_hours"),
    "cadence_completed_rate": ("follow_up", "cadence"),
    "disposition_on_time_rate": ("follow_up", "disposition_within_business_hours"),
    "no_contact_procedure_rate": ("follow_up", "no_contact"),
    "reps_within_capacity_rate": ("capacity",),
    "sqls": ("sql",),
    "mql_to_sql_rate": ("sql",),
    "mql_to_opportunity_rate": ("opportunity",),
    "mql_to_customer_rate": ("customer",),
}


def matching_form(text: str) -> str:
    """Text as words are compared: trimmed, lower case, without accents."""
    decomposed = unicodedata.normalize("NFD", text.strip().lower())
    return "".join(
        character for character in decomposed if not unicodedata.category(character).startswith("M")
    )


def has_word(text: str) -> bool:
    """Whether text has a letter or digit, and so a word that a phrase can match."""
    return any(unicodedata.category(character)[0] in "LN" for character in matching_form(text))


def salesforce_id_form(text: str) -> str:
    """The 18-character form of a 15-character Salesforce id; any other text unchanged."""
    if len(text) != 15 or not (text.isascii() and text.isalnum()):
        return text
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(
            1 << place for place, character in enumerate(text[start : start + 5]) if character.isupper()
        )
        suffix += alphabet[bits]
    return text + suffix
