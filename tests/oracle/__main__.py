"""`python -m tests.oracle EXTRACTS CONTRACTS SOURCES OUT_DIR [--as-of DATE]`."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from .read import CannotRun
from .write import all_tables, answer, write_tables


def main() -> int:
    """Writes every table; exit status 1, and why, where the specification allows no run."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("extracts", type=Path)
    parser.add_argument("contracts", type=Path)
    parser.add_argument("sources", type=Path)
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat)
    given = parser.parse_args()
    try:
        found = answer(given.extracts, given.contracts, given.sources, given.as_of)
    except CannotRun as problem:
        print(problem, file=sys.stderr)
        return 1
    write_tables(all_tables(found), given.out_dir)
    return 0


if __name__ == "__main__":
    sys.exit(main())
