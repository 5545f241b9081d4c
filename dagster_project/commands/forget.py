"""`make forget`: a person is taken out of everything that is kept, and of all that comes later.

The one exception to *nothing that arrived is lost*. Killed at any moment, the same command (and most of it any run)
does what is left to do: who is forgotten stands on a list before anything is removed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dagster_project.commands.console import Console
from dagster_project.commands.run import main as run
from dagster_project.contract import ContractErrors, load_contracts
from dagster_project.extracts import Sources, SourcesErrors, load_sources
from dagster_project.extracts.declarations.persons import CONTACT, LEAD
from dagster_project.extracts.ingest import erase_object
from dagster_project.extracts.ledger import objects_with_ledger
from dagster_project.extracts.suppression import EMAIL, Name, load_suppression, suppress, without_suffix
from dagster_project.forgetting import (
    Finder,
    files_naming,
    forget_in_database,
    forget_in_history,
    forget_in_log,
    names_of_person,
)
from dagster_project.settings import Settings
from dagster_project.warehouse.former import forget_former
from dagster_project.warehouse.locking import BuildInUseError, build_lock

RUN_ID = "forget"
# Made from the rest and made again by whoever wants them; what is published is stated anew by the run at the end.
DERIVED = ("build", "spark", "as_of", "sandbox", "simulations")


class ForgetError(ValueError):
    """The person can't be forgotten; the message says what to do."""


def main(settings: Settings, console: Console, person: str) -> int:
    """Returns 0 when the person is found nowhere under SLA_HOME any more, else 1 with the places."""
    try:
        sources, currency = _declared(settings)
        with build_lock(settings.build, "forgetting a person"):
            names = _names(settings, sources, person)
            forget_former(settings.build_warehouse)
            suppress(settings.home, names)
            console.say(f"{len(names)} ids and e-mails are on the suppression list")
            rewritten = erase_everywhere(settings, sources, currency)
            console.say(f"deliveries rewritten: {rewritten}")
            with forgotten(settings) as finder:
                _take_out_mentions(settings, finder)
    except (BuildInUseError, ContractErrors, ForgetError, SourcesErrors) as error:
        console.fail(str(error))
        return 1
    console.say("everything is stated anew without the person")
    status = run(settings, console)
    left = search(settings)
    if left:
        listed = "\n".join(f"  {path}" for path in left)
        console.fail(
            f"The person is still named in:\n{listed}\nPut right what failed, and give the command again."
        )
        return 1
    console.say(f"searched every file under {settings.home}: the person is named in none")
    _warn_of_landing(settings, console)
    return status


def erase_everywhere(settings: Settings, sources: Sources, currency: str) -> int:
    """Cut who is on the list out of every delivered object; how many deliveries were rewritten.

    What is cut from one object may tell further ids of the same people, which the others are then looked through for.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    rewritten = 0
    digest: str | None = ""
    while digest != load_suppression(settings.home).digest:
        digest = load_suppression(settings.home).digest
        for source, object_name in objects_with_ledger(settings.home):
            rewritten += erase_object(settings.home, sources[source], object_name, currency, RUN_ID, now)
    return rewritten


@contextmanager
def forgotten(settings: Settings, *, only_distinctive: bool = True) -> Iterator[Finder]:
    """What tells which texts name somebody who is on the list. A short id stands in many texts by chance: it is
    looked for only where ids stand."""
    suppression = load_suppression(settings.home)
    with duckdb.connect() as connection:
        yield lambda texts: suppression.texts_naming(connection, texts, only_distinctive=only_distinctive)


def search(settings: Settings) -> list[Path]:
    """Every file under SLA_HOME, the landing folder left out, that names somebody who is on the list."""
    with forgotten(settings) as finder:
        return files_naming(_files(settings), finder)


def _declared(settings: Settings) -> tuple[Sources, str]:
    sources = load_sources(settings.sources)
    undeclared = {source for source, _ in objects_with_ledger(settings.home)} - set(sources.by_name)
    if undeclared:
        raise ForgetError(
            f"Files of {', '.join(sorted(undeclared))} are in the archive, but {settings.sources} no longer says how "
            "they are read. Declare the source again, as it was, then give the command again."
        )
    return sources, load_contracts(settings.contracts).currency


def _names(settings: Settings, sources: Sources, person: str) -> list[Name]:
    """The ids and e-mails of the person; those of an earlier, unfinished call are on the list already."""
    build = settings.build_warehouse
    is_email = "@" in person
    kinds = (EMAIL,) if is_email else (CONTACT, LEAD)
    asked = [Name(kind, person.removeprefix("lead:")) for kind in kinds]
    if is_email and _is_shared(sources, person):
        raise ForgetError(f"{settings.sources} says that this mailbox is shared: it names nobody.")
    listed = load_suppression(settings.home)
    is_listed = any(listed.holds(name) for name in asked)
    found: list[Name] = []
    if build.is_file():
        try:
            named = names_of_person(build, person) or names_of_person(build, without_suffix(person))
            found = [Name(*each) for each in named]
        except duckdb.Error as error:
            # The run of an earlier call may have been killed: then all that the person is called is listed.
            if not is_listed:
                raise ForgetError(
                    f"The build in {settings.build} is not finished: run everything (make run), then give the command "
                    "again."
                ) from error
    if found or is_email:
        return found + (asked if is_email else [])
    if is_listed:
        return []
    if not build.is_file():
        raise ForgetError(f"{build} isn't there: run everything (make run), then give the command again.")
    raise ForgetError(
        f"Nobody has the contact or lead id {person}. Give a person_id, a contact's or lead's id, or an e-mail."
    )


def _is_shared(sources: Sources, email: str) -> bool:
    address = email.strip().lower()
    shared = {each.lower() for source in sources for each in source.shared_emails}
    return address in shared or f"{address.partition('@')[0]}@" in shared


def _take_out_mentions(settings: Settings, finder: Finder) -> None:
    for name in DERIVED:
        for path in (settings.home / name).glob("*"):
            if path.name != ".lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    with forgotten(settings, only_distinctive=False) as any_name:
        for path in _below(settings.history / "publications", "*.parquet"):
            forget_in_history(path, any_name)
    for path in files_naming(list(_below(settings.logs)), finder):
        forget_in_log(path, finder)
    for path in files_naming(list(_below(settings.dagster_home)), finder):
        if path.suffix == ".db":
            forget_in_database(path, finder)
        elif not path.name.endswith(("-wal", "-shm")):  # those are the database's own, and go with its pages
            forget_in_log(path, finder)


def _warn_of_landing(settings: Settings, console: Console) -> None:
    if not settings.extracts.is_dir():
        return
    with forgotten(settings) as finder:
        left = files_naming(list(_below(settings.extracts)), finder)
    if left:
        shown = "\n".join(f"  {path}" for path in left[:20])
        more = f"\n  and {len(left) - 20} more" if len(left) > 20 else ""
        console.warn(
            f"\nThe landing folder is only read, and still names the person in {len(left)} files. Remove or replace "
            f"them, and think of backups:\n{shown}{more}"
        )


def _files(settings: Settings) -> list[Path]:
    return [path for path in _below(settings.home) if not path.is_relative_to(settings.extracts)]


def _below(folder: Path, pattern: str = "*") -> Iterable[Path]:
    return (path for path in sorted(folder.rglob(pattern)) if path.is_file() and not path.is_symlink())
