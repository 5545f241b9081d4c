"""One simulated year of the demo company, or of a bigger one made in the same way.

What belongs here: the steps of the simulation, in their causal order, and their streams of
randomness. What doesn't: any step itself.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from . import company
from .clock import DAY, TIMEZONE, UTC_OFFSET_SECONDS, day_of
from .crm import (
    lead_changes,
    lead_history_table,
    leads_table,
    simulate_sales_sourced,
    users_table,
)
from .draws import Whole, stream
from .funnel import run_funnel
from .history import History
from .marketing import campaigns_table, contacts_table, spend_table, touches_table
from .people import simulate_contacts, simulate_people
from .sales import (
    activities_table,
    meetings_table,
    opportunities_table,
    simulate_activities,
    simulate_deals,
)
from .setting import Setting, make_setting
from .touches import USUAL_TOUCHES, simulate_touches

LATE_SHARE = 0.014
REPEATED_SHARE = 0.004
SALES_SOURCED_SHARE = 0.026


def simulate(
    seed: int,
    people: int,
    *,
    first_day: date = company.FIRST_DAY,
    months: int = company.MONTHS,
    campaigns: int = len(company.CAMPAIGNS),
    reps: int = len(company.REP_NAMES),
    touches_per_person: float = USUAL_TOUCHES,
    late_share: float = LATE_SHARE,
    repeated_share: float = REPEATED_SHARE,
    sales_sourced_share: float = SALES_SOURCED_SHARE,
) -> History:
    """Simulate a company of `people` prospects over `months` months from `first_day`.

    The same arguments give the same history on any machine. `late_share` of the touches and
    activities come some days late, and `repeated_share` of them and of the lead changes come twice.
    Leads that sales brings itself are `sales_sourced_share` of the number of people. Raises
    ValueError when `first_day` isn't the first of a month or a number isn't positive.
    """
    if first_day.day != 1:
        raise ValueError(f"first_day is {first_day}; a simulation begins on the first day of a month")
    if min(people, months, campaigns, reps) < 1:
        raise ValueError("people, months, campaigns and reps are at least 1")
    setting = make_setting(first_day, months, campaigns, reps)
    dump_days = _dump_days(setting)

    everybody = simulate_people(stream(seed, 1), setting, people)
    contacts = simulate_contacts(stream(seed, 2), setting, everybody)
    touches = simulate_touches(stream(seed, 3), setting, everybody, touches_per_person)
    funnel = run_funnel(stream(seed, 4), setting, everybody, touches)
    sourced = simulate_sales_sourced(stream(seed, 5), setting, everybody, sales_sourced_share)
    changes = lead_changes(setting, funnel, sourced)
    deals, deal_numbers = simulate_deals(stream(seed, 6), setting, funnel, sourced)
    done = simulate_activities(stream(seed, 7), setting, funnel, sourced, deal_numbers)
    return History(
        seed=seed,
        first_day=first_day,
        last_day=day_of(setting.last_number),
        timezone=TIMEZONE,
        utc_offset_seconds=UTC_OFFSET_SECONDS,
        contacts=contacts_table(stream(seed, 8), setting, everybody, contacts, funnel),
        touches=touches_table(stream(seed, 9), setting, contacts, funnel.touches, late_share, repeated_share),
        campaigns=campaigns_table(stream(seed, 10), setting, dump_days),
        campaign_spend=spend_table(stream(seed, 11), setting),
        users=users_table(stream(seed, 12), setting, dump_days),
        leads=leads_table(stream(seed, 13), setting, everybody, funnel, sourced, changes),
        lead_history=lead_history_table(stream(seed, 14), setting, changes, repeated_share),
        activities=activities_table(stream(seed, 15), setting, done, late_share, repeated_share),
        meetings=meetings_table(stream(seed, 16), setting, funnel),
        opportunities=opportunities_table(stream(seed, 17), setting, deals),
    )


def _dump_days(setting: Setting) -> Whole:
    """The first day, every Saturday, and the last day."""
    first, last = setting.start_at // DAY, setting.last_number
    days = np.arange(first, last + 1)
    # 1970-01-01 was a Thursday.
    return days[(days % 7 == 2) | (days == first) | (days == last)]
