"""What is said of a value that does not fit its field."""

from typing import Any

from pydantic import ValidationError

SENTENCES = {
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be a text",
    "string_unicode": "has characters that cannot be stored",
    "string_too_short": "must not be empty",
    "string_too_long": "may have at most {max_length} characters",
    "string_pattern_mismatch": "must be 0 and three digits from 0 to 7, such as 0644",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be below {lt}",
    "literal_error": "must be {expected}",
    "tuple_type": "must be a list",
    "too_short": "must have at least {min_length}",
    "too_long": "may have at most {max_length}",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "missing": "is missing",
    "extra_forbidden": "is an unknown field",
    "value_error": "{error}",
}
OTHERWISE = "does not fit the field"


def sentence(error: ValidationError) -> str:
    """Say in our words what was found first, and where inside of the value."""
    found = error.errors(include_url=False, include_input=False)[0]
    text = SENTENCES.get(found["type"], OTHERWISE).format(**found.get("ctx", {}))
    return f"{text}{_inside(found['loc'])}"


def _inside(place: tuple[Any, ...]) -> str:
    if not place:
        return ""
    if len(place) == 1 and isinstance(place[0], int):
        return f" (entry {place[0] + 1})"
    return f" ({'.'.join(map(str, place))[:200]})"
