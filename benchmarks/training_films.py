"""Films as a training reads them, of the built-in sample or of a file that collect can read."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cinecote.database import connect
from cinecote.migrate import migrate
from cinecote_train.dataset import Films
from cinecote_train.film_reader import read_films
from cinecote_train.held_out import split
from cinecote_train.settings import TrainSettings


def training_films(file: Path | None = None) -> Films:
    """The films that a version trains on; those held out from every version stay out of this too."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/cinecote.db"
        engine = connect(url)
        migrate(engine)
        collect = Path(sys.executable).with_name("cinecote-collect")
        what = ["csv", str(file)] if file else ["sample"]
        subprocess.run([collect, *what], env=os.environ | {"DATABASE_URL": url}, check=True, stdout=subprocess.DEVNULL)
        settings = TrainSettings()
        films = read_films(engine, settings)
        engine.dispose()
    return split(films.take(films.askable), settings.held_out)[0]
