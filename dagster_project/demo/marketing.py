"""What the marketing system keeps: contacts, touches, campaigns and what they cost.

What belongs here: marketing's records of what people did. What doesn't: what they did.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import company
from .clock import DAY, HOUR, NEVER, day_number, month_start
from .columns import blanked, dates, delivered, ids, instants, late, money, own_day, words
from .draws import Whole, below, happens
from .funnel import Funnel
from .history import CAMPAIGN_SPEND, CAMPAIGNS, CONTACTS, TOUCHES
from .people import Contacts, People, contact_versions
from .setting import Setting, months_running
from .touches import Touches

LATE_CONTACT_SHARE = 0.004
CORRECTED_SPEND_SHARE = 0.03


def addresses(people: People) -> pa.Array:
    """Each person's e-mail address, in domains that can't exist."""
    number = pa.array(np.arange(len(people.arrived_at)) + 1).cast(pa.string())
    domain = pc.binary_join_element_wise(
        "empresa-",
        pc.utf8_lpad(pa.array(people.company_number + 1).cast(pa.string()), 4, "0"),
        ".example",
        "",
    )
    own = pc.binary_join_element_wise("persona", number, "@", domain, "")
    box = words(("info@", "compras@"), np.arange(len(people.arrived_at)) % 2)
    return pc.if_else(pa.array(people.has_shared_mailbox), pc.binary_join_element_wise(box, domain, ""), own)


def _contact_addresses(people: People, contacts: Contacts) -> pa.Array:
    """A double has another address, or its person's own one in another spelling."""
    own = addresses(people).take(pa.array(contacts.person))
    private = pc.binary_join_element_wise(
        "p", pa.array(np.arange(len(contacts.person)) + 1).cast(pa.string()), "@correo-privado.example", ""
    )
    is_double = np.arange(len(contacts.person)) >= len(people.arrived_at)
    second = pc.if_else(pa.array(contacts.shares_address), pc.utf8_capitalize(own), private)
    return pc.if_else(pa.array(is_double), second, own)


def _company_names(people: People) -> pa.Array:
    number = people.company_number
    first = words(company.COMPANY_FIRST_WORDS, number % len(company.COMPANY_FIRST_WORDS))
    last = words(company.COMPANY_LAST_WORDS, number // 8 % len(company.COMPANY_LAST_WORDS))
    form = words((" SA", ", S.A. de C.V."), number % 2)
    name = pc.binary_join_element_wise(first, last, pa.array(number + 1).cast(pa.string()), " ")
    return pc.binary_join_element_wise(name, form, "")


def contacts_table(
    rng: np.random.Generator, setting: Setting, people: People, contacts: Contacts, funnel: Funnel
) -> pa.Table:
    """Every version of every contact."""
    declared_person = np.concatenate([cycle.work.person for cycle in funnel.cycles])
    declared_at = np.concatenate([cycle.entered_at for cycle in funnel.cycles])
    versions = contact_versions(setting, people, contacts, declared_person, declared_at)
    contact = versions.contact
    person = contacts.person[contact]
    of_person = pa.array(person)
    budget = pc.if_else(
        pa.array(people.has_unreadable_budget), "por definir", pa.array(people.budget).cast(pa.string())
    )
    table = pa.table(
        [
            ids("C", contact),
            instants(contacts.created_at[contact]),
            instants(versions.updated_at),
            _contact_addresses(people, contacts).take(pa.array(contact)),
            words([title for title, _, _ in company.JOB_TITLES], people.title[person]),
            words([industry for industry, _, _ in company.INDUSTRIES], people.industry[person]),
            _company_names(people).take(of_person),
            blanked(pa.array(people.employees).cast(pa.string()).take(of_person), ~versions.is_complete),
            blanked(budget.take(of_person), ~versions.is_complete),
            words([country for country, _, _ in company.COUNTRIES], people.country[person]),
            words(company.STATES, people.state[person]),
            instants(versions.declared_mql_at),
            ids("C", contacts.survivor[contact], missing=~versions.is_merged),
            pa.array(versions.is_deleted),
        ],
        schema=pa.schema(list(CONTACTS)[:-1]),
    )
    day = late(rng, setting, own_day(setting, versions.updated_at), LATE_CONTACT_SHARE, 3)
    return delivered(rng, setting, table, np.minimum(day, setting.last_number))


def touches_table(
    rng: np.random.Generator,
    setting: Setting,
    contacts: Contacts,
    touches: Touches,
    late_share: float,
    repeated_share: float,
) -> pa.Table:
    """Every touch, on whichever of the person's contacts was used."""
    order = np.lexsort((touches.person, touches.at))
    person, at, kind = touches.person[order], touches.at[order], touches.kind[order]
    campaign = touches.campaign[order]
    contact = person.copy()
    for further in _further_contacts(contacts):
        which = further[person]
        uses = (which >= 0) & (at >= contacts.created_at[which]) & (at < contacts.merged_at[which])
        contact = np.where(uses & happens(rng, 0.5, len(person)), which, contact)
    table = pa.table(
        [
            ids("T", np.arange(len(person)), 8),
            ids("C", contact),
            instants(at),
            words([touch_type for touch_type, _ in company.TOUCH_KINDS], kind),
            words([content_type for _, content_type in company.TOUCH_KINDS], kind),
            ids("CAMP-", campaign, 3, missing=campaign >= len(setting.campaigns)),
        ],
        schema=pa.schema(list(TOUCHES)[:-1]),
    )
    day = late(rng, setting, own_day(setting, at), late_share, 9)
    return delivered(rng, setting, table, day, repeated_share)


def _further_contacts(contacts: Contacts) -> tuple[Whole, Whole]:
    """Each person's second contact and third one, or -1."""
    people = int(contacts.person.max()) + 1
    doubles = np.arange(people, len(contacts.person))
    survivor = contacts.survivor[doubles]
    is_third = (survivor >= people) & (survivor != doubles)
    second, third = np.full(people, -1), np.full(people, -1)
    second[contacts.person[doubles[~is_third]]] = doubles[~is_third]
    third[contacts.person[doubles[is_third]]] = doubles[is_third]
    return second, third


def campaigns_table(rng: np.random.Generator, setting: Setting, dump_days: Whole) -> pa.Table:
    """The campaigns, whole on every dump day, each from the month before it opens."""
    count = len(setting.campaigns)
    running = [months_running(campaign, i) for i, campaign in enumerate(setting.campaigns)]
    opens = np.array([day_number(month_start(setting.first_day, first)) for first, _ in running])
    closes = np.array([day_number(month_start(setting.first_day, last + 1)) - 1 for _, last in running])
    always = opens == setting.start_at // DAY
    opens = np.where(always, opens - 200, opens)
    position = np.tile(np.arange(count), len(dump_days))
    day = np.repeat(dump_days, count)
    known = opens[position] - 31 <= day
    position, day = position[known], day[known]
    endless = closes > setting.last_number + 60
    table = pa.table(
        [
            ids("CAMP-", position, 3),
            words([c.name for c in setting.campaigns], position),
            words([c.channel for c in setting.campaigns], position),
            dates(opens[position]),
            dates(closes[position], missing=endless[position]),
        ],
        schema=pa.schema(list(CAMPAIGNS)[:-1]),
    )
    return delivered(rng, setting, table, day)


def spend_table(rng: np.random.Generator, setting: Setting) -> pa.Table:
    """What each campaign cost on each day, and corrections a few days later."""
    first = setting.start_at // DAY
    days = np.arange(first, setting.last_number + 1)
    month = setting.month_of(days * DAY)
    months = np.unique(month)
    level = setting.liveliness[days - setting.first_number] + 3000
    campaign_parts, day_parts, cents_parts = [], [], []
    for number, campaign in enumerate(setting.campaigns):
        opens, closes = months_running(campaign, number)
        for this_month in months[(months >= opens) & (months <= closes)]:
            members = np.flatnonzero(month == this_month)
            share = level[members] * (90 + below(rng, 21, len(members)))
            cents_parts.append(campaign.monthly_spend * 100 * share // share.sum())
            day_parts.append(days[members])
            campaign_parts.append(np.full(len(members), number))
    position, day, cents = (np.concatenate(p) for p in (campaign_parts, day_parts, cents_parts))
    order = np.lexsort((position, day))
    position, day, cents = position[order], day[order], cents[order]

    corrected = np.flatnonzero(happens(rng, CORRECTED_SPEND_SHARE, len(day)))
    wait = 2 + below(rng, 9, len(corrected))
    rows = np.concatenate([np.arange(len(day)), corrected])
    updated_day = np.concatenate([day, day[corrected] + wait])
    right = cents[corrected] * (70 + below(rng, 50, len(corrected))) // 100
    amounts = np.concatenate([cents, right])
    currencies = [c.currency for c in setting.campaigns]
    table = pa.table(
        [
            ids("CAMP-", position[rows], 3),
            dates(day[rows]),
            money(amounts),
            words(currencies, position[rows]),
            instants(np.minimum(updated_day * DAY + 23 * HOUR, NEVER)),
        ],
        schema=pa.schema(list(CAMPAIGN_SPEND)[:-1]),
    )
    return delivered(rng, setting, table, updated_day)
