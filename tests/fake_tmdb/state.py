"""All that the server's connections share."""

from dataclasses import dataclass

from .catalog import Catalog
from .judge import Judge
from .moods import Mood
from .routes import Routes


@dataclass(slots=True)
class State:
    """`token` is the one that opens the API [base / auth]; `daily` films change when the clock is moved on a day."""

    catalog: Catalog
    judge: Judge
    mood: Mood
    routes: Routes
    token: str
    daily: int
