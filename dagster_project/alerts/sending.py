"""Sending digests through Apprise, which knows Slack, Microsoft Teams, e-mail, webhooks and a hundred more.

What belongs here: addresses and what became of sending. An address is a secret: it is never shown, and a recipient is
known by a hash of it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from dagster_project.alerts.digest import Digest

KEY_CHARACTERS = 16


@dataclass(frozen=True)
class Recipient:
    """One address of an audience; `key` tells recipients apart without giving the address away."""

    key: str
    address: str = field(repr=False)


def recipients_of(addresses: str | None) -> tuple[Recipient, ...]:
    """The recipients in a setting: Apprise addresses with blanks or line ends between them."""
    return tuple(
        Recipient(hashlib.sha256(address.encode()).hexdigest()[:KEY_CHARACTERS], address)
        for address in (addresses or "").split()
    )


def check_addresses(setting: str, recipients: Sequence[Recipient]) -> list[str]:
    """What is wrong with a setting's addresses, a sentence each, by their place in it."""
    import apprise

    return [
        f"{setting}: the {place}. address is none that Apprise knows. Write it as its documentation says, "
        "for example json://host/path, mailtos://user:password@host or slack://tokens."
        for place, recipient in enumerate(recipients, 1)
        if apprise.Apprise.instantiate(recipient.address) is None
    ]


def send(recipient: Recipient, digest: Digest) -> bool:
    """Send a digest to one recipient; whether it was taken."""
    import apprise

    # What Apprise logs of a failure can quote an address; what failed is said by whoever called.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    service = apprise.Apprise()
    if not service.add(recipient.address):
        return False
    return bool(service.notify(title=digest.title, body=digest.text, body_format=apprise.NotifyFormat.TEXT))
