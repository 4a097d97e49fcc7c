"""Checking the signatures of measurement servers: Ed25519, by their public keys."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Ed25519Verifier:
    """Implements netmon.wire.receipt.Verifier for one public key. Raises ValueError when the bytes are none."""

    def __init__(self, public_key: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(public_key)

    def is_valid(self, signature: bytes, data: bytes, /) -> bool:
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True
