"""The ways in which TMDB says no: its codes, each with its status and its words [error body]."""

import json

OFFLINE, SUSPENDED_KEY, ERROR, FAILED, PAGE, TIMEOUT, LIMIT, NOT_FOUND, BACKEND, SUSPENDED, MAINTENANCE = (
    9, 10, 11, 14, 22, 24, 25, 34, 43, 45, 46,
)  # fmt: skip
WORDS = {
    3: (401, "Authentication failed: You do not have permissions to access the service."),
    6: (404, "Invalid id: The pre-requisite id is invalid or not found."),
    7: (401, "Invalid API key: You must be granted a valid key."),
    9: (503, "Service offline: This service is temporarily offline, try again later."),
    10: (401, "Suspended API key: Access to your account has been suspended, contact TMDB."),
    11: (500, "Internal error: Something went wrong, contact TMDB."),
    14: (401, "Authentication failed."),
    20: (422, "Invalid date range: Should be a range no longer than 14 days."),
    22: (400, "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer."),
    23: (400, "Invalid date: Format needs to be YYYY-MM-DD."),
    24: (504, "Your request to the backend server timed out. Try again."),
    25: (429, "Your request count (#) is over the allowed limit of (40)."),
    27: (400, "Too many append to response objects: The maximum number of remote calls is 20."),
    34: (404, "The resource you requested could not be found."),
    35: (401, "Invalid token."),
    43: (502, "Couldn't connect to the backend server."),
    45: (403, "This user has been suspended."),
    46: (503, "The API is undergoing maintenance. Try again later."),
}


class Refusal(Exception):
    """An answer that isn't what was asked for."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.status, words = WORDS[code]
        self.body = json.dumps({"status_code": code, "status_message": words, "success": False}).encode()
