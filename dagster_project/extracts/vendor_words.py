"""The vendors' words and what they mean here: what a vendor itself defines, and what `sources.yml` says beyond it.

What belongs here: which kinds of words there are, what they may mean, and what vendors define for every account. A word
that stands in neither is never guessed at.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

NO_WORD = "(none)"
VENDOR_FAMILIES = ("hubspot", "salesforce")

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
OUTCOMES = ("connected", "no_answer", "voicemail", "bounced", "replied")
MEETING_STATUSES = ("scheduled", "confirmed", "held", "no_show", "cancelled")
STAGES = ("open", "won", "lost")

# The block of sources.yml: the kind of word, and what words of it may mean (None: any text).
MEANINGS: Mapping[str, tuple[str, tuple[str, ...] | None]] = {
    "content_types": ("content_type", None),
    "touch_types": ("touch_type", TOUCH_TYPES),
    "activity_types": ("activity_type", ACTIVITY_TYPES),
    "dispositions": ("disposition", OUTCOMES),
    "meeting_statuses": ("meeting_status", MEETING_STATUSES),
    "deal_stages": ("deal_stage", STAGES),
}
SALES_DEPARTMENT = "sales_department"
SALES_DEPARTMENTS = "sales_departments"
SETTINGS = (*MEANINGS, SALES_DEPARTMENTS)
"""Where sources.yml gives words a meaning."""

# HubSpot's call outcomes have the same ids in every account; Salesforce's are texts of the account's own, so only the
# words that are ours are known.
DEFINED: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "hubspot": {
        "disposition": {
            "f240bbac-87c9-4f6e-bf70-924b57d47db7": "connected",
            "b2cf5968-551e-4856-9783-52b3da59a7d0": "voicemail",
            "73a0d17f-1163-4015-bdd5-ec830791da20": "no_answer",
            "9d9162e7-6cf3-4944-bf63-4dff82258764": "no_answer",  # busy
            "a4c4c377-d246-4b32-a13b-75a56a4cd0ff": "no_answer",  # a message left with somebody else
            "17b47fee-58de-441e-a44c-c6300d46f273": "no_answer",  # a wrong number
        },
        "meeting_status": {
            "SCHEDULED": "scheduled",
            "RESCHEDULED": "scheduled",
            "COMPLETED": "held",
            "NO_SHOW": "no_show",
            "CANCELED": "cancelled",
        },
        "deal_stage": {"closedwon": "won", "closedlost": "lost"},
    },
    "salesforce": {
        "activity_type": {
            "Call": "call",
            "Email": "email",
            "ListEmail": "email",
            "LinkedIn": "message",
            "Meeting": "meeting",
        },
        "disposition": {"No answer": "no_answer", **{word: word for word in OUTCOMES}},
        "meeting_status": {
            "No show": "no_show",
            "Canceled": "cancelled",
            **{word: word for word in MEETING_STATUSES},
        },
    },
}


class VendorWord(NamedTuple):
    """A word of a source and what it means; words compare as everywhere, without case and accents."""

    source: str
    kind: str
    word: str
    meaning: str


def vendor_words(
    source: str,
    family: str,
    blocks: Mapping[str, Mapping[str, str]],
    sales_departments: Iterable[str],
) -> Iterator[VendorWord]:
    """All words of a source: what its blocks of `sources.yml` say, then what the vendor defines beside it."""
    defined = DEFINED.get(family, {})
    for block, (kind, _) in MEANINGS.items():
        said = blocks.get(block, {})
        for word, meaning in said.items():
            yield VendorWord(source, kind, word.strip(), meaning)
        spoken_of = {compared(word) for word in said}
        for word, meaning in defined.get(kind, {}).items():
            if compared(word) not in spoken_of:
                yield VendorWord(source, kind, word, meaning)
    for department in sales_departments:
        yield VendorWord(source, SALES_DEPARTMENT, department.strip(), "sales")


def compared(word: str) -> str:
    """A word as it is told apart from others."""
    decomposed = unicodedata.normalize("NFD", word.strip().lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
