"""People, and that nothing personal goes out, in any text column of any table of the marts."""

from __future__ import annotations

from ..checks import NoTextLike, RowCount, Severity, Suite
from .common import as_many_as, must_not, one_row_per_key

EMAIL = r"[^\s@<>()]+@[^\s@<>()]+\.[A-Za-z]{2,}"
# A plus and at least eight digits; or digits in groups as people write them: 55 1234 5678, (555) 123-4567, 912 345 678,
# 01 23 45 67 89. Dates and long numbers aren't grouped so.
PHONE = (
    r"(^|[^0-9A-Za-z])"
    r"(\+[0-9][0-9 ().-]{6,16}[0-9]"
    r"|\(?[0-9]{2,4}\)?[ .-][0-9]{3,4}[ .-][0-9]{4}"
    r"|[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}"
    r"|[0-9]{2}([ .][0-9]{2}){4})"
    r"([^0-9A-Za-z]|$)"
)
REMOVE_IT = "Nothing has been published. Take it out at its source, or out of the model that brings it here."

DIM_PEOPLE = Suite(
    name="dim_people",
    table="marts.dim_people",
    title="People",
    checks=(
        RowCount(
            id="there_are_people",
            severity=Severity.ERROR,
            threshold=1,
            meaning=(
                "Nobody is left: every contact and lead is deleted, or lies after the last complete day. Look at "
                "is_deleted and updated_at in the extracts of contacts."
            ),
        ),
        as_many_as(
            "people_are_as_many_as_were_formed",
            "people",
            "select count(*) from marts.dim_people",
            "select count(*) from intermediate.int_people",
        ),
        one_row_per_key("dim_people", "person_id"),
        must_not(
            "emails_are_published_as_hashes_only",
            "not regexp_full_match(email_hash, '[0-9a-f]{64}')",
            ("person_id",),
            "These people's email_hash is no hash.",
            out_of="email_hash is not null",
        ),
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
            not_in_columns=("_hash", "sha256", "file_name", "part", "run_id"),
            meaning=f"Phone numbers would be published in these columns. {REMOVE_IT}",
        ),
    ),
)
