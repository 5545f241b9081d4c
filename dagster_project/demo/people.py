"""Who the company's prospects are, when and by which campaign they arrived, and their contacts.

What belongs here: people, the marketing contacts that stand for them (doubles, merges and shared
mailboxes included), and every version of those records. What doesn't: what they do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import company
from .clock import DAY, HOUR, HOUR_WEIGHTS, NEVER
from .draws import Flags, Whole, below, choose, choose_by_row, from_quantiles, happens
from .scoring import FIT_POINTS
from .setting import Setting

DOUBLE_SHARE = 0.05
TRIPLE_SHARE_OF_DOUBLES = 0.14
MERGED_SHARE_OF_DOUBLES = 0.72
SHARED_MAILBOX_SHARE = 0.006
DELETED_SHARE = 0.0024
COMPLETED_LATER_SHARE = 0.35
UNREADABLE_BUDGET_SHARE = 0.01


@dataclass(frozen=True)
class People:
    """One entry a person, in the order of arrival; positions are the persons' numbers."""

    arrived_at: Whole
    campaign: Whole  # the number of campaigns stands for none
    fit: Whole  # position in company.FIT_CLASSES
    liveliness: Whole
    is_buying: Flags
    company_number: Whole
    title: Whole
    industry: Whole
    country: Whole
    state: Whole
    employees: Whole
    budget: Whole
    has_unreadable_budget: Flags
    completed_at: Whole  # when employees and budget were filled in
    has_shared_mailbox: Flags
    deleted_at: Whole

    def fit_points(self) -> tuple[Whole, Whole]:
        """The score for who a person is: before the record was completed, and after."""
        points = FIT_POINTS
        meets = {
            "industry": _meets(company.INDUSTRIES)[self.industry],
            "decision_maker": _meets(company.JOB_TITLES)[self.title],
            "student": np.isin(self.title, _student_titles()),
            "budget": (self.budget >= company.ENOUGH_BUDGET) & ~self.has_unreadable_budget,
            "size": self.employees >= company.ENOUGH_EMPLOYEES,
        }
        before = sum(
            np.where(meets[key], points[key], 0) for key in ("industry", "decision_maker", "student")
        )
        after = before + sum(np.where(meets[key], points[key], 0) for key in ("budget", "size"))
        return np.asarray(before), np.asarray(after)

    def is_eligible(self) -> Flags:
        """Whether the person's country is one the company sells to."""
        return _meets(company.COUNTRIES)[self.country]


@dataclass(frozen=True)
class Contacts:
    """One entry a marketing contact: first each person's own, then the doubles."""

    person: Whole
    created_at: Whole
    merged_at: Whole  # NEVER: not merged
    survivor: Whole  # the contact it is merged into; itself where it isn't
    shares_address: Flags  # a double with its person's own e-mail address


def _meets(options: company.Options) -> Flags:
    return np.array([meets for _, meets, _ in options])


def _student_titles() -> Whole:
    titles = [title for title, _, _ in company.JOB_TITLES]
    return np.array([titles.index(title) for title in sorted(company.STUDENT_TITLES)])


def _by_class(options: company.Options) -> Whole:
    return np.array([weights for _, _, weights in options], dtype=np.int64).T.copy()


def simulate_people(rng: np.random.Generator, setting: Setting, size: int) -> People:
    """Draw `size` people: arrival, origin, attributes."""
    campaigns = setting.arrival_weights.shape[1]
    cell = choose(rng, setting.arrival_weights.reshape(-1), size)
    day, campaign = setting.first_number + cell // campaigns, cell % campaigns
    second = choose(rng, HOUR_WEIGHTS, size) * HOUR + below(rng, HOUR, size)
    arrived_at = day * DAY + second
    order = np.argsort(arrived_at, kind="stable")
    arrived_at, campaign = arrived_at[order], campaign[order]

    fits = np.array([c.fit for c in setting.campaigns] + [company.NO_CAMPAIGN_FIT], dtype=np.int64)
    fit = choose_by_row(rng, fits, campaign)
    completes_later = happens(rng, COMPLETED_LATER_SHARE, size)
    completed_at = arrived_at + np.where(completes_later, below(rng, 12 * DAY, size) + HOUR, 0)
    is_deleted = happens(rng, DELETED_SHARE, size)
    deleted_at = arrived_at + 40 * DAY + below(rng, 200 * DAY, size)
    return People(
        arrived_at=arrived_at,
        campaign=campaign,
        fit=fit,
        liveliness=choose_by_row(rng, np.array(company.ENGAGEMENT, dtype=np.int64), fit),
        is_buying=happens(rng, np.array(company.BUYING_SHARE)[fit], size),
        company_number=below(rng, max(size // 3, 1), size),
        title=choose_by_row(rng, _by_class(company.JOB_TITLES), fit),
        industry=choose_by_row(rng, _by_class(company.INDUSTRIES), fit),
        country=choose_by_row(rng, _by_class(company.COUNTRIES), fit),
        state=below(rng, len(company.STATES), size),
        employees=_by_fit(rng, company.EMPLOYEES, fit),
        budget=_by_fit(rng, company.BUDGETS, fit) * 1000,
        has_unreadable_budget=happens(rng, UNREADABLE_BUDGET_SHARE, size),
        completed_at=completed_at,
        has_shared_mailbox=happens(rng, SHARED_MAILBOX_SHARE, size),
        deleted_at=np.where(is_deleted, deleted_at, NEVER),
    )


def _by_fit(rng: np.random.Generator, tables: tuple[tuple[tuple[float, int], ...], ...], fit: Whole) -> Whole:
    drawn = np.zeros(len(fit), dtype=np.int64)
    for fit_class, table in enumerate(tables):
        members = np.flatnonzero(fit == fit_class)
        drawn[members] = from_quantiles(rng, table, len(members))
    return drawn


def simulate_contacts(rng: np.random.Generator, setting: Setting, people: People) -> Contacts:
    """Each person's contact, then second and third ones, some of them merged in the end.

    A third contact is merged into the second, the second into the first: a chain.
    """
    size = len(people.arrived_at)
    doubled = np.flatnonzero(happens(rng, DOUBLE_SHARE, size) & ~people.has_shared_mailbox)
    tripled = doubled[happens(rng, TRIPLE_SHARE_OF_DOUBLES, len(doubled))]
    second_created = people.arrived_at[doubled] + HOUR + below(rng, 60 * DAY, len(doubled))
    is_merged = happens(rng, MERGED_SHARE_OF_DOUBLES, len(doubled)) | np.isin(doubled, tripled)
    second_merged = np.where(is_merged, second_created + 2 * DAY + below(rng, 70 * DAY, len(doubled)), NEVER)
    # The third appears, and is merged into the second, while the second is still a contact.
    index_of_second = np.searchsorted(doubled, tripled)
    lifetime = (second_merged - second_created)[index_of_second]
    third_created = second_created[index_of_second] + lifetime // 4
    third_merged = second_created[index_of_second] + lifetime // 2

    person = np.concatenate([np.arange(size), doubled, tripled])
    contacts = Contacts(
        person=person,
        created_at=np.concatenate([people.arrived_at, second_created, third_created]),
        merged_at=np.concatenate([np.full(size, NEVER), second_merged, third_merged]),
        survivor=np.concatenate(
            [
                np.arange(size),
                np.where(is_merged, doubled, size + np.arange(len(doubled))),
                size + index_of_second,
            ]
        ),
        shares_address=np.concatenate(
            [np.zeros(size, dtype=bool), ~is_merged, np.zeros(len(tripled), dtype=bool)]
        ),
    )
    known = np.flatnonzero(contacts.created_at < setting.end_at)
    # Persons' own contacts all exist by then, so their positions, and the survivors', hold: a third
    # is created after its second.
    renumbered = np.searchsorted(known, contacts.survivor[known])
    return Contacts(
        contacts.person[known],
        contacts.created_at[known],
        contacts.merged_at[known],
        renumbered,
        contacts.shares_address[known],
    )


@dataclass(frozen=True)
class ContactVersions:
    """One entry a version of a contact's record, in the order of time."""

    contact: Whole
    updated_at: Whole
    is_complete: Flags
    declared_mql_at: Whole
    is_merged: Flags
    is_deleted: Flags


def contact_versions(
    setting: Setting, people: People, contacts: Contacts, declared_person: Whole, declared_at: Whole
) -> ContactVersions:
    """Every version of every contact before the end.

    `declared_person`, `declared_at`: when the marketing system stamped its own MQL date on a person.
    """
    number = np.arange(len(contacts.person))
    completed_at = np.maximum(people.completed_at[contacts.person], contacts.created_at)
    deleted_at = people.deleted_at[contacts.person]
    contact = np.concatenate([number, number, declared_person, number, number])
    updated_at = np.concatenate(
        [contacts.created_at, completed_at, declared_at + 1, contacts.merged_at, deleted_at]
    )
    declared = np.concatenate([np.full(2 * len(number), NEVER), declared_at, np.full(2 * len(number), NEVER)])
    known = (updated_at < setting.end_at) & (updated_at >= contacts.created_at[contact])
    contact, updated_at, declared = contact[known], updated_at[known], declared[known]
    order = np.lexsort((updated_at, contact))
    contact, updated_at, declared = contact[order], updated_at[order], declared[order]
    declared = _carried_forward(contact, declared)
    last_at_instant = np.ones(len(contact), dtype=bool)
    last_at_instant[:-1] = (contact[1:] != contact[:-1]) | (updated_at[1:] != updated_at[:-1])
    contact, updated_at, declared = (
        contact[last_at_instant],
        updated_at[last_at_instant],
        declared[last_at_instant],
    )
    order = np.lexsort((contact, updated_at))
    contact, updated_at, declared = contact[order], updated_at[order], declared[order]
    return ContactVersions(
        contact=contact,
        updated_at=updated_at,
        is_complete=updated_at >= completed_at[contact],
        declared_mql_at=declared,
        is_merged=updated_at >= contacts.merged_at[contact],
        is_deleted=updated_at >= deleted_at[contact],
    )


def _carried_forward(group: Whole, values: Whole) -> Whole:
    """Each value that is NEVER replaced by the last real one before it in its group."""
    position = np.arange(len(values))
    is_first = np.ones(len(values), dtype=bool)
    is_first[1:] = group[1:] != group[:-1]
    source = np.maximum.accumulate(np.where((values < NEVER) | is_first, position, 0))
    return values[source]
