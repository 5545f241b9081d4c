"""That nothing personal goes out, in any text of any table of the marts; looked at when the last table is made."""

from __future__ import annotations

from ..checks import NoTextLike, Severity

EMAIL = r"[^\s@<>()]+@[^\s@<>()]+\.[A-Za-z]{2,}"
# A plus and at least eight digits; or digits in groups as people write them: 55 1234 5678, (555) 123-4567, 912 345 678,
# 01 23 45 67 89. Dates and long numbers aren't grouped so, and the groups of a
# GUID stand between hyphens.
PHONE = (
    r"(^|[^0-9A-Za-z-])"
    r"(\+[0-9][0-9 ().-]{6,16}[0-9]"
    r"|\(?[0-9]{2,4}\)?[ .-][0-9]{3,4}[ .-][0-9]{4}"
    r"|[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}"
    r"|[0-9]{2}([ .][0-9]{2}){4})"
    r"([^0-9A-Za-z-]|$)"
)
# Ids of systems, in which groups of digits are no numbers to call.
GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
REMOVE_IT = "Nothing has been published. Take it out at its source, or out of the model that brings it here."

NO_PERSONAL_DATA = (
    NoTextLike(
        id="no_text_of_the_marts_looks_like_an_email",
        severity=Severity.ERROR,
        pattern=EMAIL,
        contains="@",
        meaning=f"E-mails would be published in these columns. {REMOVE_IT}",
    ),
    NoTextLike(
        id="no_text_of_the_marts_looks_like_a_phone_number",
        severity=Severity.ERROR,
        pattern=PHONE,
        except_for=GUID,
        not_in_columns=("_hash", "sha256", "file_name", "part", "run_id"),
        meaning=f"Phone numbers would be published in these columns. {REMOVE_IT}",
    ),
)
