"""The SLA_* settings: where everything lies, and as of when it is stated.

What belongs here: names, defaults and meaning of the settings, and the folders that follow from them.
What doesn't: any work with what lies in those folders. The rooms get their paths as arguments and never
read a setting.

A setting is an environment variable; a `.env` file in the project folder may hold them too, and the
environment wins.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from croniter import croniter
from dotenv import dotenv_values

from dagster_project.owner_only import make_private

PREFIX = "SLA_"
IN_ENVIRONMENT = "in the environment"
KNOWN = {
    "SLA_HOME": "the folder of all that the project writes (default: var)",
    "SLA_EXTRACTS": "the landing folder of the extracts (default: $SLA_HOME/extracts)",
    "SLA_CONTRACTS": "the folder of the contract versions (default: contracts)",
    "SLA_SOURCES": "the file that says which sources are read (default: sources.yml)",
    "SLA_AS_OF": "a date, YYYY-MM-DD: state everything as of its end (default: as of the latest extracts)",
    "SLA_ENGINE": "the engine of the models: duckdb (default) or spark",
    "SLA_SPARK_TARGET": "where Spark runs: an output of dbt/profiles.yml (default: spark, in the run's own process)",
    "SLA_RAW": "the folder of raw files ($SLA_HOME/raw) as Spark sees it: a path, or a URL",
    "SLA_EXCHANGE": "the folder between the engines ($SLA_HOME/spark) as Spark sees it: a path, or a URL",
    "SLA_SCHEDULE": "when everything is run, in cron's words and the contract's time zone (default: 0 6 * * *)",
    "SLA_LOOK_SECONDS": "how often the landing folder is looked at for new files (default: 30)",
    "SLA_KEEP_RUNS": "how many runs Dagster remembers, with their logs (default: 200)",
    "SLA_EMAIL_KEY": "the key of the e-mail hashes (default: a random one, kept in $SLA_HOME/history)",
    "SLA_ALERTS_MARKETING": "where marketing's digests go: Apprise addresses, blanks between them (default: nowhere)",
    "SLA_ALERTS_SALES": "where sales' digests go (default: nowhere)",
    "SLA_ALERTS_DATA": "where failed runs, failed checks and late extracts are told (default: nowhere)",
    "SLA_PULL_HUBSPOT_TOKEN": "the token of a HubSpot private app to pull extracts with (default: no pull)",
    "SLA_PULL_HUBSPOT_URL": "where HubSpot's API answers (default: https://api.hubapi.com)",
    "SLA_PULL_SALESFORCE_URL": "the Salesforce org's own address to pull extracts from (default: no pull)",
    "SLA_PULL_SALESFORCE_ID": "the consumer key of a connected app with the client credentials flow",
    "SLA_PULL_SALESFORCE_SECRET": "its consumer secret",
    "SLA_PULL_SKIP": "objects that aren't pulled, separated by commas (default: none)",
    "SLA_REAL_DATA": "read by the tests only: a folder with real extracts to test with",
}
ALERTS = {audience: f"SLA_ALERTS_{audience.upper()}" for audience in ("marketing", "sales", "data")}
PULL_PREFIX = "SLA_PULL_"
CREDENTIALS = ("SLA_PULL_HUBSPOT_TOKEN", "SLA_PULL_SALESFORCE_ID", "SLA_PULL_SALESFORCE_SECRET")
"""Taken from the environment only, and never written anywhere."""
ENGINES = (DUCKDB, SPARK) = ("duckdb", "spark")
SPARK_TARGET = "spark"
SPARK_PACKAGES = ("pyspark", "dbt.adapters.spark")
EVERY_MORNING = "0 6 * * *"
LOOK_SECONDS = 30
KEPT_RUNS = 200
PROJECT_FOLDER = Path(__file__).resolve().parent.parent

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST_HMAC_KEY = 64
RANDOM_KEY_BYTES = 32


class SettingsError(ValueError):
    """One or more settings can't be used; the message names each and says what to do."""


@dataclass(frozen=True)
class Settings:
    """The settings as paths and values. All paths are absolute."""

    project: Path
    home: Path
    extracts: Path
    contracts: Path
    sources: Path
    as_of: date | None = None
    engine: str = DUCKDB
    spark_target: str = SPARK_TARGET
    """Which output of dbt's profile Spark is reached by."""
    given_raw_root: str | None = None
    given_exchange_root: str | None = None
    schedule: str = EVERY_MORNING
    look_seconds: int = LOOK_SECONDS
    kept_runs: int = KEPT_RUNS
    given_email_key: str | None = field(default=None, repr=False)
    alert_addresses: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Apprise addresses by audience (marketing, sales, data); they hold secrets."""
    pull: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The SLA_PULL_* settings that are given, by name."""
    has_own_inputs: bool = False
    """Whether any of SLA_EXTRACTS, SLA_CONTRACTS and SLA_SOURCES is set: then there is never a demo."""

    @property
    def archive(self) -> Path:
        return self.home / "archive"

    @property
    def raw(self) -> Path:
        return self.home / "raw"

    @property
    def quarantine(self) -> Path:
        return self.home / "quarantine"

    @property
    def ledger(self) -> Path:
        return self.home / "ledger"

    @property
    def history(self) -> Path:
        return self.home / "history"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    @property
    def living_runs(self) -> Path:
        """Where every run shows that its process is alive."""
        return self.home / "dagster" / "living"

    @property
    def results(self) -> Path:
        """Where builds and publications go: a place of its own for each as-of date, so that stating what
        was known then never touches what is published now."""
        return self.home if self.as_of is None else self.home / "as_of" / self.as_of.isoformat()

    @property
    def build(self) -> Path:
        return self.results / "build"

    @property
    def build_warehouse(self) -> Path:
        return self.build / "warehouse.duckdb"

    @property
    def exchange(self) -> Path:
        """What goes to Spark and what comes back: a place of its own for each as-of date, as builds have."""
        return self.home / "spark" / self._of_now_or_then

    @property
    def raw_root(self) -> str:
        """The folder of raw files as Spark sees it: a path, or a URL."""
        return (self.given_raw_root or str(self.raw)).rstrip("/")

    @property
    def exchange_root(self) -> str:
        """The exchange folder as Spark sees it: a path, or a URL."""
        given = self.given_exchange_root
        return f"{given.rstrip('/')}/{self._of_now_or_then}" if given else str(self.exchange)

    @property
    def _of_now_or_then(self) -> str:
        return "latest" if self.as_of is None else self.as_of.isoformat()

    @property
    def published(self) -> Path:
        return self.results / "published"

    @property
    def reviews(self) -> Path:
        return self.published / "review"

    @property
    def kept_reviews(self) -> Path | None:
        """Where final review pages are kept for good. An as-of run has none: it states what was known then."""
        return self.history / "reviews" if self.as_of is None else None

    @property
    def dbt(self) -> Path:
        return self.project / "dbt"


def load_settings(
    environment: Mapping[str, str] | None = None, project: Path = PROJECT_FOLDER, env_file: Path | None = None
) -> Settings:
    """The settings of an environment (default: this process's) and of a file (default: the project's `.env`).

    Relative paths are taken from the project folder. Raises SettingsError, with all that is wrong, for an
    unknown name that begins with SLA_, an empty or impossible value, and an extracts folder that is set but
    missing.
    """
    environment = os.environ if environment is None else environment
    given, places = _given(environment, env_file or project / ".env")
    problems = [_unknown(name, places[name]) for name in given if name not in KNOWN]
    problems += [
        f"{name} ({places[name]}) is empty. Give it a value, or take it out to have the default."
        for name, value in given.items()
        if name in KNOWN and not value.strip()
    ]
    problems += [
        f"{name} is {places[name]}, but credentials are taken from the environment only. Take it out of the file."
        for name in CREDENTIALS
        if name in given and places[name] != IN_ENVIRONMENT
    ]
    values = {name: value.strip() for name, value in given.items() if value.strip()}

    def path(name: str, default: Path) -> Path:
        return project / Path(values[name]).expanduser() if name in values else default

    home = path("SLA_HOME", project / "var")
    extracts = path("SLA_EXTRACTS", home / "extracts")
    if home.exists() and not home.is_dir():
        problems.append(
            f"SLA_HOME is {home}, which is not a folder. Choose a folder for all that is written."
        )
    if "SLA_EXTRACTS" in values and not extracts.is_dir():
        found = "is not a folder" if extracts.exists() else "doesn't exist"
        problems.append(
            f"SLA_EXTRACTS is {extracts}, which {found}. Set it to the landing folder of the extracts, "
            "or take the setting out to read $SLA_HOME/extracts."
        )
    as_of = None
    if "SLA_AS_OF" in values:
        try:
            as_of = _iso_date(values["SLA_AS_OF"])
        except ValueError:
            problems.append(
                f"SLA_AS_OF is {values['SLA_AS_OF']!r}, but a date such as 2026-03-31 is expected."
            )
    engine = values.get("SLA_ENGINE", DUCKDB)
    if engine not in ENGINES:
        problems.append(f"SLA_ENGINE is {engine!r}, but one of {', '.join(ENGINES)} is expected.")
    elif engine == SPARK and not all(find_spec(name) for name in SPARK_PACKAGES):
        problems.append(
            "SLA_ENGINE is spark, but its packages aren't installed. Install the extra `spark` (make env-spark), "
            "or take the setting out."
        )
    schedule = values.get("SLA_SCHEDULE", EVERY_MORNING)
    if not croniter.is_valid(schedule):
        problems.append(
            f"SLA_SCHEDULE is {schedule!r}, but five fields of cron are expected, such as {EVERY_MORNING!r}."
        )

    def number(name: str, default: int, unit: str) -> int:
        text = values.get(name, str(default))
        if not (text.isascii() and text.isdigit() and int(text) > 0):
            problems.append(f"{name} is {text!r}, but a whole number of {unit} is expected.")
            return default
        return int(text)

    look_seconds = number("SLA_LOOK_SECONDS", LOOK_SECONDS, "seconds")
    kept_runs = number("SLA_KEEP_RUNS", KEPT_RUNS, "runs")
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(
        project=project,
        home=home,
        extracts=extracts,
        contracts=path("SLA_CONTRACTS", project / "contracts"),
        sources=path("SLA_SOURCES", project / "sources.yml"),
        as_of=as_of,
        engine=engine,
        spark_target=values.get("SLA_SPARK_TARGET", SPARK_TARGET),
        given_raw_root=values.get("SLA_RAW"),
        given_exchange_root=values.get("SLA_EXCHANGE"),
        schedule=schedule,
        look_seconds=look_seconds,
        kept_runs=kept_runs,
        given_email_key=values.get("SLA_EMAIL_KEY"),
        alert_addresses={audience: values[name] for audience, name in ALERTS.items() if name in values},
        pull={name: value for name, value in values.items() if name.startswith(PULL_PREFIX)},
        has_own_inputs=any(name in values for name in ("SLA_EXTRACTS", "SLA_CONTRACTS", "SLA_SOURCES")),
    )


def email_key(settings: Settings) -> bytes:
    """The key of the e-mail hashes, at most 64 bytes: the one that is set, or a random one that is made once.

    A longer key is replaced by its SHA-256, as HMAC does (RFC 2104). The random one is kept in
    `history/email_key`, readable by its owner only; every hash changes when it is lost. Raises SettingsError
    when that file is empty.
    """
    if settings.given_email_key is not None:
        key = settings.given_email_key.encode()
        return key if len(key) <= LONGEST_HMAC_KEY else hashlib.sha256(key).digest()
    kept = settings.history / "email_key"
    if not kept.exists():
        _keep_new_key(kept)
    key = kept.read_bytes().strip()
    if not key:
        raise SettingsError(
            f"{kept} is empty, so e-mails can't be hashed as before. Restore it from a backup, or delete it: "
            "then a new key is made and every hash changes."
        )
    return key


def _keep_new_key(kept: Path) -> None:
    make_private(kept.parent)
    descriptor, temporary = tempfile.mkstemp(dir=kept.parent, prefix=".email_key.")  # mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(RANDOM_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(
                temporary, kept
            )  # unlike a rename, it never replaces the key that another run has just made
        except FileExistsError:
            return
    finally:
        Path(temporary).unlink()


def _given(environment: Mapping[str, str], env_file: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Every SLA_* value, and where each was found."""
    from_file = dotenv_values(env_file) if env_file.is_file() else {}
    given = {name: value or "" for name, value in from_file.items() if name.startswith(PREFIX)}
    places = dict.fromkeys(given, f"in {env_file}")
    for name, value in environment.items():
        if name.startswith(PREFIX):
            given[name] = value
            places[name] = IN_ENVIRONMENT
    return given, places


def _unknown(name: str, place: str) -> str:
    close = difflib.get_close_matches(name, KNOWN, n=1)
    guess = f"Did you mean {close[0]}? " if close else ""
    known = "".join(f"\n  {known:<20} {meaning}" for known, meaning in KNOWN.items())
    return f"{name} ({place}) is no setting. {guess}The settings are:{known}"


def _iso_date(text: str) -> date:
    if not ISO_DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)
