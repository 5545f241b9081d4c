"""Explain: from a published figure to what it counts, and from there to the file and line of an extract.

What belongs here: which obligations or events a figure is of, which records one of them rests on, and where those
records were delivered. What doesn't: making figures. No e-mail, name or phone is looked at, only ids.
"""

from __future__ import annotations

from .figure import Counted, ExplainError, Figure, Measures, counted_things, published_figure
from .records import DeliveredRow, Record, delivered_rows, records_of
from .text import figure_text, records_text

__all__ = [
    "Counted",
    "DeliveredRow",
    "ExplainError",
    "Figure",
    "Measures",
    "Record",
    "counted_things",
    "delivered_rows",
    "figure_text",
    "published_figure",
    "records_of",
    "records_text",
]
