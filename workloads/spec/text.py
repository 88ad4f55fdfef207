"""Characters that no text of a workload may have, refused in one place (Q-23)."""

import re
from typing import Any

CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f"
DIRECTION = "\u202a-\u202e\u2066-\u2069"
"""Makes a text read otherwise than it is."""

SURROGATES = "\ud800-\udfff"
INVISIBLE = "\u00ad\u200b-\u200f\u2028\u2029\u2060-\u2064\ufeff"
REFUSED = re.compile(f"[{CONTROL}{DIRECTION}{SURROGATES}]")
REFUSED_IN_LINES = re.compile(f"[\t\n{CONTROL}{DIRECTION}{SURROGATES}{INVISIBLE}]")
UNSTORABLE = re.compile(f"[\x00{SURROGATES}]")
DEEPEST = 12
GREATEST = 2**63


def line(value: Any, depth: int = 0) -> Any:
    """Return a text of one line without blanks around it, or JSON of such texts.

    Raises ValueError for characters that cannot be seen or stored.
    """
    if depth > DEEPEST:
        raise ValueError("has too many things in one another")
    if isinstance(value, str):
        text = value.strip(" \t\r\n")
        if found := REFUSED_IN_LINES.search(text):
            raise ValueError(_refusal(found[0]))
        return text if len(text) < len(value) else value
    if isinstance(value, list | tuple):
        return type(value)(line(each, depth + 1) for each in value)
    if isinstance(value, dict):
        return {name: line(each, depth + 1) for name, each in value.items()}
    return value


def lines(value: Any) -> Any:
    """Return the text, which may have several lines, with plain line ends.

    Raises ValueError for characters that cannot be seen or stored.
    """
    if isinstance(value, str):
        text = value.replace("\r\n", "\n") if "\r" in value else value
        if found := REFUSED.search(text):
            raise ValueError(_refusal(found[0]))
        return text
    return (
        [lines(each) if isinstance(each, str) else each for each in value]
        if (isinstance(value, list))
        else value
    )


def storable(value: Any, depth: int = 0) -> Any:
    """Return JSON that any database and page can hold, for what could not be read."""
    if isinstance(value, str):
        return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, int) and abs(value) >= GREATEST:
        return "a number of more than 63 bits"
    if depth > DEEPEST:
        return "\N{HORIZONTAL ELLIPSIS}"
    if isinstance(value, dict):
        return {
            storable(str(name)): storable(inner, depth + 1)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [storable(inner, depth + 1) for inner in value]
    return value


def _refusal(character: str) -> str:
    if character == "\n":
        return "must be one line"
    return f"has a character that cannot be seen: U+{ord(character):04X}"


def as_name(value: Any) -> str:
    """Return a name that somebody invented, short and drawable."""
    return str(storable(str(value)))[:80]
