"""What is expected of every object that is delivered, whichever it is."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from ..checks import AsManyRows, RowsWhere, Severity

FEW = Decimal("0.05")
MONTH_AHEAD = "as_of.complete_through + interval 30 days"


def as_many_as_accepted(object_name: str) -> AsManyRows:
    """The raw table holds the rows of the standard format that the ledger accepted, no more and no less.

    A vendor's rows become records of several objects, some of them none: their number says nothing here. Their files
    are counted with the deliveries.
    """
    return AsManyRows(
        id=f"raw_{object_name}_has_what_the_ledger_accepted",
        severity=Severity.ERROR,
        holds="_source in (select source from raw.sources where family = 'standard')",
        expected=(
            f"select coalesce(sum(rows_accepted), 0) from deliveries_in_force where object = '{object_name}' "
            "and source in (select source from raw.sources where family = 'standard')"
        ),
        meaning=(
            "The raw files in force don't hold the rows that the ledger says were accepted: some are missing, damaged "
            "or counted twice, and every figure would be wrong. Delete the folder raw/ and run again: it is made anew "
            "from the archive."
        ),
    )


def known_words(
    check_id: str, column: str, words: Collection[str], key: str, effect: str, out_of: str | None = None
) -> RowsWhere:
    """A column says nothing but known words, as far as it says anything."""
    listed = ", ".join(f"'{word}'" for word in sorted(words))
    return RowsWhere(
        id=check_id,
        severity=Severity.WARNING,
        threshold=FEW,
        fails_when=f"strip_accents(lower(trim({column}))) not in ({listed})",
        out_of=out_of or f"{column} is not null",
        key=(key,),
        meaning=(
            f"{column} has words that mean nothing here, so these rows {effect}. "
            f"Deliver the words {', '.join(sorted(words))}, or map the source's own words onto them."
        ),
    )


def not_far_in_the_future(object_name: str, column: str, key: str) -> RowsWhere:
    """Hardly any row speaks of a time more than a month after the instant everything is stated as of."""
    return RowsWhere(
        id=f"nothing_in_{object_name}_is_far_in_the_future",
        severity=Severity.ERROR,
        threshold=Decimal("0.01"),
        fails_when=f"{column} > {MONTH_AHEAD}",
        key=(key,),
        meaning=(
            f"{column} lies more than 30 days after the last complete day: a wrong clock, time zone or date format. "
            "Such rows would count on a day on which nothing happened. Have the source correct the times and deliver "
            "the files again."
        ),
    )


def known_reference(
    check_id: str,
    unknown_when: str,
    key: tuple[str, ...],
    effect: str,
    severity: Severity = Severity.WARNING,
    threshold: Decimal = FEW,
    out_of: str | None = None,
) -> RowsWhere:
    """Hardly any row points to a record that has not arrived."""
    return RowsWhere(
        id=check_id,
        severity=severity,
        threshold=threshold,
        fails_when=unknown_when,
        out_of=out_of,
        key=key,
        meaning=(
            f"These rows point to records that no extract holds, so {effect}. They count once those arrive. Look "
            "whether the other object is delivered from the same system, from the beginning, and with ids in the same "
            "form."
        ),
    )


# Neither the lead nor the contact that a row names has arrived.
ABOUT_NOBODY = """
    (lead_id is null or lead_id not in (select lead_id from raw.standard_leads))
    and (contact_id is null or contact_id not in (select contact_id from raw.standard_contacts))
"""


def in_force(promise: str) -> str:
    """Whether a contract version that has been in force by the last complete instant holds a promise (a condition)."""
    return f"""exists (
        select 1 from raw.contract_versions as versions
        where versions.valid_from < (select complete_through from raw.as_of) and ({promise})
    )"""
