"""Forgetting a person: whose names they are, where they are still found, and what is taken out outside the extracts.

What belongs here: the person's ids and e-mails by the models' own rule, the search through every file, and the
history's, the logs' and Dagster's mentions. What doesn't: delivered files (`extracts`), whose rows are cut there.
"""

from __future__ import annotations

from .person import Named, names_of_person
from .remains import forget_in_database, forget_in_history, forget_in_log
from .search import Finder, files_naming

__all__ = [
    "Finder",
    "Named",
    "files_naming",
    "forget_in_database",
    "forget_in_history",
    "forget_in_log",
    "names_of_person",
]
