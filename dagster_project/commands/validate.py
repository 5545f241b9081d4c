"""`python -m dagster_project validate`: the contract, the sources and where alerts go, whichever of them is wrong."""

from __future__ import annotations

from dagster_project.alerts import check_addresses, recipients_of
from dagster_project.commands.console import Console
from dagster_project.contract import ContractErrors, load_contracts
from dagster_project.extracts import SourcesErrors, load_sources
from dagster_project.settings import ALERTS, Settings
from data_checks import check_settings_problems


def main(settings: Settings, console: Console) -> int:
    problems = []
    try:
        contracts = load_contracts(settings.contracts)
    except ContractErrors as error:
        problems.append(str(error))
    else:
        for warning in contracts.warnings:
            console.warn(str(warning))
        signed = len(contracts.signed)
        console.say(
            f"{settings.contracts}: valid; versions signed: {signed}, drafts: {len(contracts.versions) - signed}"
        )
        if not signed:
            console.warn("No version is signed by both departments: a run needs one that is.")
    try:
        sources = load_sources(settings.sources, check_settings_problems)
        console.say(f"{settings.sources}: valid; sources: {len(sources)}")
    except SourcesErrors as error:
        problems.append(str(error))
    for audience, addresses in settings.alert_addresses.items():
        problems += check_addresses(ALERTS[audience], recipients_of(addresses))
    if problems:
        console.fail("\n\n".join(problems))
        return 1
    return 0
