"""The history in the shapes in which HubSpot, Salesforce and their loaders deliver it."""

from __future__ import annotations

from .shapes import DEFAULT_FAMILY, FAMILIES, Shape, SourceExtracts, sources_of
from .spellings import LOADERS

STANDARD = Shape("standard")
DEFAULT_SHAPE = Shape(DEFAULT_FAMILY)

__all__ = ["DEFAULT_SHAPE", "FAMILIES", "LOADERS", "STANDARD", "Shape", "SourceExtracts", "sources_of"]
