"""E-mail addresses and phone numbers in free text, which no log, page or mart shows.

The same patterns stand in dbt's macro `without_contact_details`, for the texts of the marts.
"""

from __future__ import annotations

import re

EMAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[A-Za-z]{2,}")
PHONE = re.compile(
    r"(?<![0-9A-Za-z])"
    r"(\+[0-9][0-9 ().-]{6,16}[0-9]"
    r"|\(?[0-9]{2,4}\)?[ .-][0-9]{3,4}[ .-][0-9]{4}"
    r"|[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}"
    r"|[0-9]{2}([ .][0-9]{2}){4})"
    r"(?![0-9A-Za-z])"
)
REMOVED = "(removed)"


def without_contact_details(text: str) -> str:
    """A text with every e-mail address and phone number replaced."""
    return PHONE.sub(REMOVED, EMAIL.sub(REMOVED, text))
