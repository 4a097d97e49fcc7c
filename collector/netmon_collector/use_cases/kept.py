"""Secrets that are handed out once and kept as SHA-256: they are random and long, so nothing slower is needed."""

import hashlib
import secrets


def new_secret() -> str:
    """256 random bits as a text that stands in addresses and headers."""
    return secrets.token_urlsafe(32)


def kept_hash(kind: str, secret: str) -> str:
    """The hash by which a secret is kept; a secret of one kind opens nothing of another."""
    return hashlib.sha256(f"netmon-{kind}\0{secret}".encode()).hexdigest()
