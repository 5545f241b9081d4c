"""How a column's header becomes a name: the loose matching that makes all spellings of one column one.

What belongs here: the rule itself, for ingestion (headers of extracts) and for the contract's attributes alike. What
doesn't: which columns an object has.
"""

from __future__ import annotations

import unicodedata

LOADER_PREFIX = "property_"


def loose_name(header: str) -> str:
    """The name by which headers are compared: case, underscores and a `property_` prefix don't count.

    `CreatedDate`, `created_date`, `property_createddate` and `CREATEDDATE` are all `createddate`.
    """
    name = unicodedata.normalize("NFC", header.strip()).casefold()
    return unicodedata.normalize("NFC", name.removeprefix(LOADER_PREFIX).replace("_", ""))
