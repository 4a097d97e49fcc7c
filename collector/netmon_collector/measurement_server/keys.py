"""The server's Ed25519 key, which signs receipts."""

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class SigningKey:
    """Signs receipts; its public half is what the collector's configuration names."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @classmethod
    def from_seed(cls, seed: bytes) -> "SigningKey":
        """The key of 32 bytes, as they stand in a key file."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def generate(cls) -> "SigningKey":
        return cls(Ed25519PrivateKey.generate())

    def sign(self, data: bytes, /) -> bytes:
        return self._private.sign(data)

    @property
    def seed(self) -> bytes:
        return self._private.private_bytes_raw()

    @property
    def public_hex(self) -> str:
        """The public key in 64 hexadecimal digits."""
        raw = self._private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return raw.hex()
