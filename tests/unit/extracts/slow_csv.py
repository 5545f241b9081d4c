"""A slow reader of CSV, one character at a time: what the fast one is held against.

It follows the sentences of the specification: a quote opens a field only at the field's beginning, two quotes inside a
quoted field are one, a quote elsewhere is text, text after a closing quote makes the row malformed.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class SlowRow:
    """One record: the line of its first character, its text, its fields, and whether its quoting is broken."""

    line: int
    text: str = ""
    fields: list[str] = field(default_factory=list)
    is_malformed: bool = False

    @property
    def is_blank(self) -> bool:
        return len(self.fields) == 1 and not self.text.strip()


class EndsInsideQuote(Exception):
    """The text ends inside a quoted field that opened on `line`."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def read_slowly(text: str, delimiter: str = ",") -> list[SlowRow]:
    """The records of a text, blank ones included. Raises EndsInsideQuote."""
    rows: list[SlowRow] = []
    line = 1
    place = 0
    while place < len(text):
        row = SlowRow(line)
        begin = place
        while True:
            value = ""
            if text[place : place + 1] == '"':
                opened_on = line
                place += 1
                while True:
                    if place >= len(text):
                        raise EndsInsideQuote(opened_on)
                    if text[place : place + 2] == '""':
                        value += '"'
                        place += 2
                    elif text[place] == '"':
                        place += 1
                        break
                    else:
                        line += text[place] == "\n"
                        value += text[place]
                        place += 1
                at_line_end = text[place : place + 2] == "\r\n" or text[place:] == "\r"
                if place < len(text) and text[place] not in (delimiter, "\n") and not at_line_end:
                    row.is_malformed = True
            while place < len(text) and text[place] not in (delimiter, "\n"):
                ends_line = text[place : place + 2] == "\r\n" or text[place:] == "\r"
                if text[place] == "\r" and not ends_line:
                    row.is_malformed = True
                if not ends_line:
                    value += text[place]
                place += 1
            row.fields.append(value)
            if place >= len(text) or text[place] == "\n":
                break
            place += 1
        row.text = text[begin:place].removesuffix("\r")
        rows.append(row)
        line += place < len(text)
        place += 1
    return rows
