"""Ed25519 signatures of manifests: training signs with the private key, the api holds public ones only."""

import base64
import binascii
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, SecretStr

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_KEY_BYTES = 32


def new_keys() -> tuple[str, str]:
    """A new pair: the private key and its public one, in base64."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    return _told(private.private_bytes_raw()), _told(private.public_key().public_bytes_raw())


def public_key(signing_key: str) -> str:
    """The public key that belongs to a private one."""
    return _told(_private(signing_key).public_key().public_bytes_raw())


def sign(content: bytes, signing_key: str) -> bytes:
    """What goes into SIGNATURE_FILE: the signature of `content` in base64."""
    return base64.b64encode(_private(signing_key).sign(content)) + b"\n"


def is_signed(content: bytes, signature: bytes, verify_keys: str) -> bool:
    """Whether `signature` is one of `content` by any of the public keys, which commas part."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        said = base64.b64decode(signature.strip(), validate=True)
    except binascii.Error:
        return False
    for key in verify_keys.split(","):
        try:
            Ed25519PublicKey.from_public_bytes(_raw(key)).verify(said, content)
        except InvalidSignature:
            continue
        return True
    return False


def _private(signing_key: str) -> "Ed25519PrivateKey":
    # Loaded only where something is signed or checked: most processes do neither.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(_raw(signing_key))


def _raw(key: str) -> bytes:
    try:
        raw = base64.b64decode(key.strip().encode("ascii", "replace"), validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != _KEY_BYTES:
        raise ValueError("is not a key of Ed25519 in base64, as cinecote-train keys prints it")
    return raw


def _told(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _usable_signing_key(key: SecretStr) -> SecretStr:
    _raw(key.get_secret_value())
    return key


def _usable_verify_keys(keys: str) -> str:
    for key in keys.split(","):
        _raw(key)
    return keys


SigningKey = Annotated[SecretStr, AfterValidator(_usable_signing_key)]
VerifyKeys = Annotated[str, AfterValidator(_usable_verify_keys)]
