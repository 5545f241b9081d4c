"""How contacts, leads and events hang together in a generated history: merges, shared mailboxes, strangers."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from .civil import DAY
from .generate_facts import (
    SHARED,
    activity,
    campaigns,
    change_contact,
    contact,
    lead,
    meeting,
    near,
    opportunity,
    touch,
    users,
)
from .generate_world import World


def _email(world: World, number: int) -> str | None:
    """An invented address, a mailbox that is nobody's, or none."""
    plain = f"p{number}@invented.example"
    return world.pick([plain, plain, plain, plain, world.pick(SHARED), None])


def _written(world: World, email: str | None) -> str | None:
    """The same address, as people write it."""
    return email and world.pick([email, email, email.upper(), f" {email.capitalize()}"])


def _namesakes(world: World, number: int) -> None:
    """A merged contact's address that is, perhaps, also a survivor's, and leads known by it alone."""
    middle = world.start + (world.end - world.start) / 3
    first, second = f"old{number}@invented.example", f"new{number}@invented.example"
    for _ in range(world.pick([1, 2])):
        kept = contact(world, first if world.chance(0.5) else None, world.instant(world.start, middle), [])
        merged = contact(world, second, world.instant(world.start, middle), [])
        change_contact(world, merged, world.instant(middle, world.end), merged_into_contact_id=kept)
        touch(world, kept, world.instant(world.start, middle))
    if world.chance(0.6):
        contact(world, _written(world, second), world.instant(world.start, world.end), [])
    for _ in range(2):
        at = world.instant(middle, world.end)
        lead(world, world.pick([None, "k66666"]), _written(world, second), at, [at])


def _merge(world: World, ids: list[str], pool: list[datetime]) -> None:
    """Merges, chains, merges into the unknown, deletions of survivors and of merged records."""
    first = ids[0]
    if len(ids) == 1:
        kind = world.rng.random()
        if kind < 0.05:
            change_contact(world, first, near(world, pool, world.start), is_deleted=True)
        elif kind < 0.08:
            change_contact(world, first, near(world, pool, world.start), merged_into_contact_id="k99999")
        return
    kind = world.rng.random()
    if kind < 0.4:
        return  # they share an e-mail, or are two people
    for survivor, merged in pairwise(ids):
        at = near(world, pool, world.start)
        change_contact(
            world, merged, at, merged_into_contact_id=survivor, is_deleted=world.pick([False, True, None])
        )
    if kind > 0.9:
        change_contact(world, first, near(world, pool, world.start), is_deleted=True)


def _person(world: World, number: int) -> None:
    pool: list[datetime] = []
    created_at = world.instant(world.start, world.start + 0.7 * (world.end - world.start))
    email = _email(world, number)
    ids = [contact(world, _written(world, email), created_at, pool)]
    for _ in range(world.pick([0, 0, 0, 0, 1, 1, 2])):
        other = world.pick([email, email, _email(world, number + 1000), None])
        ids.append(contact(world, _written(world, other), near(world, pool, world.start), pool))

    for _ in range(world.pick([1, 3, 6, 9, 12])):
        at = near(world, pool, created_at)
        pool.append(at)
        touch(world, world.pick([ids[0], ids[0], world.pick(ids)]), at)

    lead_ids: list[str | None] = []
    for _ in range(world.pick([0, 1, 1, 1, 1, 2, 3])):
        at = near(world, pool, created_at)
        kind = world.rng.random()
        if kind < 0.7:
            contact_id, lead_email = world.pick([ids[0], world.pick(ids)]), world.pick([None, email])
        elif kind < 0.8:
            contact_id, lead_email = "k88888", world.pick([email, email, None])
        else:
            contact_id, lead_email = None, world.pick([email, email, _email(world, number + 2000)])
        lead_ids.append(lead(world, contact_id, _written(world, lead_email), at, pool))

    def who() -> tuple[str | None, str | None]:
        """The two ids of an event: a lead, a contact, both, or an unknown lead with a contact."""
        contact_id = world.pick(ids)
        if not lead_ids:
            return world.pick([(None, contact_id), ("l77777", contact_id)])
        some_lead = world.pick(lead_ids)
        return world.pick([(some_lead, None), (some_lead, contact_id), (None, contact_id)])

    for _ in range(world.pick([0, 2, 4, 7])):
        at = near(world, pool, created_at)
        pool.append(at)
        activity(world, *who(), at)
    for _ in range(world.pick([0, 0, 1, 1, 2])):
        meeting(world, *who(), near(world, pool, created_at))
    for _ in range(world.pick([0, 0, 1, 1, 2])):
        opportunity(world, *who(), near(world, pool, created_at))
    _merge(world, ids, pool)


def _strangers(world: World, count: int) -> None:
    """Leads that match nobody, alone and in groups that share an e-mail."""
    for number in range(count):
        email = world.pick([None, f"solo{number // 2}@invented.example", world.pick(SHARED)])
        at = world.instant(world.start, world.end)
        lead_id = lead(world, None, _written(world, email), at, [at])
        activity(world, lead_id, None, at + timedelta(hours=1))
        opportunity(world, lead_id, None, at + DAY)


def populate(world: World, size: int) -> None:
    """The first pass: `size` people, and strangers."""
    users(world)
    campaigns(world)
    for number in range(size):
        _person(world, number)
    for number in range(max(size // 10, 2)):
        _namesakes(world, number)
    _strangers(world, max(size // 10, 2))
