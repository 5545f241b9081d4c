"""The signed agreement: its versions validated, and made into tables and a business-time calendar.

What belongs here: everything that is known from the contract files alone (and, for holidays, from
the holidays library). What doesn't: the extracts, and which version is in force as of an instant.
"""

from __future__ import annotations

from .calendar import calendar_tables
from .loading import Contracts, load_contracts, load_version
from .problems import ContractErrors
from .schema import ContractVersion
from .tables import contract_tables

__all__ = [
    "ContractErrors",
    "ContractVersion",
    "Contracts",
    "calendar_tables",
    "contract_tables",
    "load_contracts",
    "load_version",
]
