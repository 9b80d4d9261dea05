"""What is wrong with a query parameter, in the words that are used for a body."""

import re
from collections.abc import Mapping
from typing import Any

WORDED = "worded"
"""The kind of an error whose message is ours already."""

_WORDINGS: Mapping[str, str] = {
    "extra_forbidden": "is not a parameter",
    "missing": "is missing",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_parsing": "must be true or false",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_too_long": "must have at most {max_length} characters",
    "literal_error": "must be one of {expected}",
    "enum": "must be one of {expected}",
}


def parameter_wording(error: Mapping[str, Any]) -> str:
    """The detail for one of pydantic's errors, without the value that it is about."""
    if error["type"] == WORDED:
        return str(error["msg"])
    said = dict(error.get("ctx", {}))
    if "expected" in said:
        # pydantic writes 'a', 'b' or 'c'.
        said["expected"] = ", ".join(re.findall(r"'([^']*)'", str(said["expected"])))
    return _WORDINGS.get(error["type"], "can't be used").format_map(said)
