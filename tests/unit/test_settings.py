"""The settings: defaults, the .env file, and what is said about settings that can't be used."""

from __future__ import annotations

import re
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dagster_project import settings
from dagster_project.settings import KNOWN, SettingsError, email_key, load_settings


def test_without_any_setting_everything_lies_in_the_project_folder(tmp_path: Path) -> None:
    settings = load_settings({}, tmp_path)
    assert settings.home == tmp_path / "var"
    assert settings.extracts == tmp_path / "var" / "extracts"
    assert settings.contracts == tmp_path / "contracts"
    assert settings.sources == tmp_path / "sources.yml"
    assert settings.published == tmp_path / "var" / "published"
    assert settings.as_of is None
    assert settings.engine == "duckdb"
    assert not settings.has_own_inputs


def test_the_extracts_are_looked_for_under_the_home_that_is_set(tmp_path: Path) -> None:
    assert load_settings({"SLA_HOME": "elsewhere"}, tmp_path).extracts == tmp_path / "elsewhere" / "extracts"


def test_a_relative_path_is_taken_from_the_project_folder(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    settings = load_settings({"SLA_EXTRACTS": "landing", "SLA_CONTRACTS": "agreement"}, tmp_path)
    assert settings.extracts == tmp_path / "landing"
    assert settings.contracts == tmp_path / "agreement"
    assert settings.has_own_inputs


def test_the_env_file_is_read_and_the_environment_wins_over_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLA_HOME=from_file\nSLA_AS_OF=2026-01-31\nOTHER_TOOL=1\n")
    settings = load_settings({"SLA_AS_OF": "2026-02-28"}, tmp_path)
    assert settings.home == tmp_path / "from_file"
    assert settings.as_of == date(2026, 2, 28)


def test_an_unknown_setting_is_refused_with_the_name_it_may_have_meant(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({"SLA_EXTRACT": "x"}, tmp_path)
    message = str(refused.value)
    assert "SLA_EXTRACT (in the environment) is no setting" in message
    assert "Did you mean SLA_EXTRACTS?" in message
    assert all(name in message for name in KNOWN)


def test_an_unknown_setting_in_the_env_file_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLA_COLOUR=blue\n")
    with pytest.raises(SettingsError, match=r"SLA_COLOUR \(in .*\.env\) is no setting"):
        load_settings({}, tmp_path)


def test_the_folder_that_tests_read_real_data_from_is_a_known_setting(tmp_path: Path) -> None:
    assert load_settings({"SLA_REAL_DATA": "../real"}, tmp_path).home == tmp_path / "var"


@pytest.mark.parametrize("value", ["2026-02-30", "20260228", "2026-2-28", "yesterday", "2026-W09-6"])
def test_an_as_of_that_is_no_date_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(
        SettingsError, match=f"SLA_AS_OF is '{value}', but a date such as 2026-03-31 is expected"
    ):
        load_settings({"SLA_AS_OF": value}, tmp_path)


def test_an_extracts_folder_that_is_set_but_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SLA_EXTRACTS is .*landing, which doesn't exist"):
        load_settings({"SLA_EXTRACTS": "landing"}, tmp_path)


def test_an_extracts_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "landing").write_text("")
    with pytest.raises(SettingsError, match="which is not a folder"):
        load_settings({"SLA_EXTRACTS": "landing"}, tmp_path)


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(SettingsError, match="SLA_HOME is .*var, which is not a folder"):
        load_settings({}, tmp_path)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_setting_that_is_set_but_empty_is_refused_rather_than_taken_as_the_default(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(SettingsError, match=rf"{name} \(in the environment\) is empty"):
        load_settings({name: " "}, tmp_path)


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SLA_ENGINE is 'sqlite', but one of duckdb, spark is expected"):
        load_settings({"SLA_ENGINE": "sqlite"}, tmp_path)


def test_spark_without_its_packages_is_refused_with_how_to_install_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "find_spec", lambda name: None if name == "pyspark" else name)
    with pytest.raises(SettingsError, match=r"its packages aren't installed.* \(make env-spark\)"):
        load_settings({"SLA_ENGINE": "spark"}, tmp_path)


def test_spark_reads_where_the_files_lie_unless_it_sees_them_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "find_spec", lambda name: name)
    here = load_settings({"SLA_ENGINE": "spark", "SLA_HOME": "home"}, tmp_path)
    assert (here.raw_root, here.exchange_root) == (f"{tmp_path}/home/raw", f"{tmp_path}/home/spark/latest")
    assert here.spark_target == "spark"
    elsewhere = load_settings(
        {
            "SLA_ENGINE": "spark",
            "SLA_SPARK_TARGET": "connect",
            "SLA_RAW": "s3a://sla/raw/",
            "SLA_EXCHANGE": "s3a://sla/spark",
            "SLA_HOME": "home",
        },
        tmp_path,
    )
    then = replace(elsewhere, as_of=date(2026, 3, 31))
    assert then.exchange_root == "s3a://sla/spark/2026-03-31"
    assert then.exchange == tmp_path / "home" / "spark" / "2026-03-31"
    assert (elsewhere.raw_root, elsewhere.exchange_root) == ("s3a://sla/raw", "s3a://sla/spark/latest")
    assert elsewhere.spark_target == "connect"


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({"SLA_COLOUR": "blue", "SLA_AS_OF": "soon", "SLA_EXTRACTS": "landing"}, tmp_path)
    assert all(name in str(refused.value) for name in ("SLA_COLOUR", "SLA_AS_OF is", "SLA_EXTRACTS is"))


def test_an_as_of_run_builds_and_publishes_in_a_place_of_its_own(tmp_path: Path) -> None:
    now = load_settings({}, tmp_path)
    then = load_settings({"SLA_AS_OF": "2026-03-31"}, tmp_path)
    assert then.published == tmp_path / "var" / "as_of" / "2026-03-31" / "published"
    assert then.build == tmp_path / "var" / "as_of" / "2026-03-31" / "build"
    assert (then.raw, then.ledger, then.archive) == (now.raw, now.ledger, now.archive)


def test_the_email_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = load_settings({}, tmp_path)
    first = email_key(settings)
    kept = settings.history / "email_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert email_key(settings) == first
    assert len(first) == 64  # 32 random bytes in hexadecimal digits
    assert [path.name for path in settings.history.iterdir()] == ["email_key"]


def test_two_homes_have_different_email_keys(tmp_path: Path) -> None:
    here, there = load_settings({}, tmp_path), load_settings({"SLA_HOME": "there"}, tmp_path)
    assert email_key(here) != email_key(there)


def test_an_email_key_that_is_set_is_used_and_not_kept(tmp_path: Path) -> None:
    settings = load_settings({"SLA_EMAIL_KEY": "correct horse"}, tmp_path)
    assert email_key(settings) == b"correct horse"
    assert not settings.history.exists()
    assert "correct horse" not in repr(settings)


def test_a_long_email_key_is_shortened_as_hmac_does(tmp_path: Path) -> None:
    # RFC 2104: a key longer than the hash's block of 64 bytes stands for its own hash, 32 bytes for SHA-256.
    assert len(email_key(load_settings({"SLA_EMAIL_KEY": "k" * 64}, tmp_path))) == 64
    assert len(email_key(load_settings({"SLA_EMAIL_KEY": "k" * 65}, tmp_path))) == 32


def test_an_empty_email_key_file_is_refused_rather_than_replaced(tmp_path: Path) -> None:
    settings = load_settings({}, tmp_path)
    settings.history.mkdir(parents=True)
    (settings.history / "email_key").write_text("\n")
    with pytest.raises(SettingsError, match="email_key is empty"):
        email_key(settings)


def test_when_things_run_is_cron_s_and_a_number_s_business(tmp_path: Path) -> None:
    given = load_settings(
        {"SLA_SCHEDULE": "30 5 * * 1-5", "SLA_LOOK_SECONDS": "5", "SLA_KEEP_RUNS": "7"}, tmp_path
    )
    assert (given.schedule, given.look_seconds, given.kept_runs) == ("30 5 * * 1-5", 5, 7)
    usual = load_settings({}, tmp_path)
    assert (usual.schedule, usual.look_seconds, usual.kept_runs) == ("0 6 * * *", 30, 200)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLA_SCHEDULE", "at six"),
        ("SLA_SCHEDULE", "61 6 * * *"),
        ("SLA_LOOK_SECONDS", "0"),
        ("SLA_LOOK_SECONDS", "½"),
        ("SLA_KEEP_RUNS", "none"),
    ],
)
def test_a_time_that_can_t_be_is_named_with_what_was_found(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is '{re.escape(value)}'"):
        load_settings({name: value}, tmp_path)


def test_alert_addresses_are_kept_by_audience_and_never_shown(tmp_path: Path) -> None:
    settings = load_settings({"SLA_ALERTS_SALES": "json://secret.example.net/hook"}, tmp_path)
    assert settings.alert_addresses == {"sales": "json://secret.example.net/hook"}
    assert "secret" not in repr(settings)
