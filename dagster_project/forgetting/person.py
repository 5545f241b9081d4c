"""Whose names they are: a person's contacts, leads and e-mails, as the models form persons."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import duckdb

QUERY = Path(__file__).with_name("person.sql").read_text(encoding="utf-8")


class Named(NamedTuple):
    """An id or an e-mail: `kind` is contact, lead or email."""

    kind: str
    name: str


def names_of_person(build: Path, person: str) -> list[Named]:
    """All ids and e-mails of the person that `person` (an id of a contact or lead, or an e-mail) names, by a build.

    Merged contacts, other contacts with the same e-mail, and leads are the same person; e-mails of earlier versions are
    theirs too, unless they are somebody else's now. Empty when nobody is named so. Raises duckdb.Error for a build that
    isn't finished.
    """
    with duckdb.connect(build, read_only=True) as connection:
        return [Named(*row) for row in connection.execute(QUERY, {"person": person}).fetchall()]
