import pytest
from pydantic import SecretStr, TypeAdapter, ValidationError

from cinecote.signature import SigningKey, VerifyKeys, is_signed, new_keys, public_key, sign

CONTENT = b'{"name": "film-category"}'


def test_what_was_signed_is_known_by_the_public_key() -> None:
    private, public = new_keys()

    assert is_signed(CONTENT, sign(CONTENT, private), public)
    assert public_key(private) == public


@pytest.mark.parametrize("damage", ["content", "key", "signature", "empty", "not base64", "not ascii"])
def test_what_was_not_signed_so_is_not_known(damage: str) -> None:
    private, public = new_keys()
    signature = sign(CONTENT, private)
    forged = {
        "content": (CONTENT + b" ", signature, public),
        "key": (CONTENT, signature, new_keys()[1]),
        "signature": (CONTENT, sign(b"another", private), public),
        "empty": (CONTENT, b"", public),
        "not base64": (CONTENT, b"@@", public),
        "not ascii": (CONTENT, "é".encode(), public),
    }

    assert not is_signed(*forged[damage])


def test_while_a_key_is_changed_the_old_and_the_new_one_count() -> None:
    (old, old_public), (new, new_public) = new_keys(), new_keys()

    assert all(is_signed(CONTENT, sign(CONTENT, key), f"{old_public}, {new_public}") for key in (old, new))


@pytest.mark.parametrize("key", ["secret", "c2VjcmV0", "é" * 44, ""])
def test_an_unusable_key_is_told_without_itself(key: str) -> None:
    for kind in (SigningKey, VerifyKeys):
        with pytest.raises(ValidationError) as refused:
            TypeAdapter(kind).validate_python(SecretStr(key) if kind is SigningKey else key)

        assert "cinecote-train keys" in refused.value.errors()[0]["msg"]
