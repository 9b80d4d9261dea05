"""Models signed in training, which the api can tell from others."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from cinecote.registry import MANIFEST_FILE, SIGNATURE_FILE
from cinecote.signature import is_signed, new_keys, sign
from cinecote_train.main import run
from cinecote_train.training import Trained

Train = Callable[..., Trained]
FILMS = 450


def with_key(site: Any, key: str) -> Any:
    return replace(site, settings=site.settings.model_copy(update={"signing_key": SecretStr(key)}))


def test_a_key_that_comes_later_signs_the_same_model_as_a_new_version_once(
    trained_copy: Callable[[], Any], train_site: Train
) -> None:
    private, public = new_keys()
    site = trained_copy()
    signing = with_key(site, private)

    settled, again = train_site(signing).settled, train_site(signing).settled

    files = site.model_folder("2")
    assert is_signed((files / MANIFEST_FILE).read_bytes(), (files / SIGNATURE_FILE).read_bytes(), public)
    assert not (site.model_folder("1") / SIGNATURE_FILE).exists()
    assert (settled.version, settled.decision.kind) == ("2", "promoted")
    assert (again.version, again.decision.kind) == ("2", "unchanged")


def test_a_changed_key_signs_anew(make_site: Callable[..., Any], train_site: Train) -> None:
    site = make_site(count=FILMS)
    train_site(with_key(site, new_keys()[0]))

    settled = train_site(with_key(site, new_keys()[0])).settled

    assert (settled.version, settled.decision.kind) == ("2", "promoted")


def test_the_verb_prints_a_pair_that_fits(capsys: pytest.CaptureFixture[str]) -> None:
    run(["keys"])

    said = dict(line.split("=", 1) for line in capsys.readouterr().out.splitlines())
    signature = sign(b"manifest", said["CINECOTE_SIGNING_KEY"])
    assert is_signed(b"manifest", signature, said["CINECOTE_VERIFY_KEY"])
