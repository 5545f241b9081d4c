"""Digests arrive where they are addressed to, on every channel that people asked for; nothing leaves this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dagster_project.alerts import Digest, check_addresses, recipients_of, send
from tests.unit.alerts.receivers import mailbox, web, webhook

DIGEST = Digest(title="Acuerdo demo: novedades", text="En riesgo: <b>primer intento</b>, octubre: 80%.")
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
TEAMS = "workflows://teams.example.net:443/flow/signature"


def test_a_webhook_gets_title_and_text_as_they_are() -> None:
    with webhook() as (received, host):
        (recipient,) = recipients_of(f"json://{host}/hook")
        assert send(recipient, DIGEST)
    ((_, path, body),) = received.requests
    message = json.loads(body)
    assert (path, message["title"], message["message"]) == ("/hook", DIGEST.title, DIGEST.text)


def test_a_mailbox_gets_a_mail_with_the_title_as_its_subject() -> None:
    with mailbox() as (received, port):
        (recipient,) = recipients_of(f"mailto://127.0.0.1:{port}?from=sla@example.net&to=heads@example.net")
        assert send(recipient, DIGEST)
    (mail,) = received.mails
    (text,) = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    content = text.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert mail["To"] == "heads@example.net"
    assert "primer intento" in content.decode()


@pytest.mark.parametrize(
    ("address", "host"), [(SLACK, "hooks.slack.com"), (TEAMS, "teams.example.net")], ids=["slack", "teams"]
)
def test_slack_and_teams_get_it_at_their_own_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, host: str
) -> None:
    with web(tmp_path, host) as (received, environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        (recipient,) = recipients_of(address)
        assert send(recipient, DIGEST)
    ((asked, _, body),) = received.requests
    assert asked == host
    assert "primer intento" in body


def test_a_server_that_refuses_is_told_apart_from_one_that_takes_it() -> None:
    with webhook() as (received, host):
        received.answers = [500]
        (recipient,) = recipients_of(f"json://{host}/hook")
        assert not send(recipient, DIGEST)
        assert send(recipient, DIGEST)


def test_an_address_is_never_shown() -> None:
    (recipient,) = recipients_of(SLACK)
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in f"{recipient!r} {recipient.key}"


def test_blanks_and_line_ends_stand_between_addresses_and_none_is_nobody() -> None:
    assert len(recipients_of(f"{SLACK}\n json://127.0.0.1/x ")) == 2
    assert recipients_of(None) == recipients_of("") == ()


def test_an_address_that_nobody_understands_is_named_by_its_place_alone() -> None:
    (problem,) = check_addresses("SLA_ALERTS_SALES", recipients_of(f"{SLACK} nowhere://secret"))
    assert problem.startswith("SLA_ALERTS_SALES: the 2. address")
    assert "secret" not in problem
