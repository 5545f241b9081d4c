"""What is expected of what comes in, one file per subject; run before any model."""

from __future__ import annotations

from .activities import ACTIVITIES
from .campaigns import CAMPAIGN_SPEND, CAMPAIGNS
from .contacts import CONTACTS
from .deliveries import DELIVERIES
from .leads import LEAD_HISTORY, LEADS
from .meetings import MEETINGS
from .opportunities import OPPORTUNITIES
from .touches import TOUCHES
from .users import USERS

RAW_SUITES = (
    DELIVERIES,
    CONTACTS,
    TOUCHES,
    CAMPAIGNS,
    CAMPAIGN_SPEND,
    USERS,
    LEADS,
    LEAD_HISTORY,
    ACTIVITIES,
    MEETINGS,
    OPPORTUNITIES,
)

__all__ = ["RAW_SUITES"]
