"""Loads defs/, nothing else."""

from __future__ import annotations

import dagster as dg

from dagster_project.defs import build_definitions
from dagster_project.settings import load_settings


@dg.definitions
def defs() -> dg.Definitions:
    return build_definitions(load_settings())
