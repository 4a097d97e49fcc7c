"""Whether the agent's own interface has a link."""

from pathlib import Path

SYSFS = Path("/sys/class/net")


def has_link(interface: str | None, sysfs: Path = SYSFS) -> bool:
    """False when the interface is gone, switched off or without carrier; True where no interface is named."""
    if interface is None:
        return True
    try:
        return (sysfs / interface / "carrier").read_text(encoding="ascii").strip() == "1"
    except OSError:  # it does not exist, or it is down and the kernel does not say
        return False
