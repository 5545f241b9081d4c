"""Users of the CRM, of whom those of the department sales are the reps."""

from __future__ import annotations

from ..checks import RowCount, RowsThere, RowsWhere, Severity, Suite
from .common import as_many_as_accepted

USERS = Suite(
    name="raw_users",
    table="raw.standard_users",
    title="Users",
    checks=(
        RowCount(
            id="users_are_delivered",
            severity=Severity.ERROR,
            threshold=1,
            meaning=(
                "No user has been delivered, so nobody is a rep and no MQL could be handed off. Look whether the "
                "CRM's export of users runs, and whether it writes more than a header."
            ),
        ),
        as_many_as_accepted("users"),
        RowsThere(
            id="some_users_are_reps",
            severity=Severity.ERROR,
            threshold=1,
            holds="strip_accents(lower(trim(department))) = 'sales'",
            which="of the department sales",
            meaning=(
                "Nobody is of the department sales, so every MQL would count as never handed off. Look at the words in "
                "the column department: a rep's is sales."
            ),
        ),
        RowsWhere(
            id="users_leave_after_they_join",
            severity=Severity.WARNING,
            fails_when="ended_on < started_on",
            key=("user_id",),
            meaning=(
                "These users left before they joined: they would count as active on no day, and have no minimum and "
                "maximum of MQLs. Have the source correct the dates."
            ),
        ),
    ),
)
