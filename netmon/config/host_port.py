"""HOST:PORT, as every program of the project reads it."""

_HIGHEST_PORT = 65_535
_LONGEST_PORT = 5


def parse_host_port(text: str, *, lowest_port: int = 1) -> tuple[str, int]:
    """``HOST:PORT`` or ``[IPV6]:PORT``; to listen on, the lowest port is 0: any that is free.

    Raises ValueError, whose message says what the text is.
    """
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError("an IPv6 address without its brackets, as in [2001:db8::1]:443")
    is_number = port.isascii() and port.isdecimal() and len(port) <= _LONGEST_PORT
    if not colon or not host or not is_number or not lowest_port <= int(port) <= _HIGHEST_PORT:
        raise ValueError("not HOST:PORT")
    if any(character.isspace() or character in "/@[]" for character in host):
        raise ValueError("not HOST:PORT")
    return host, int(port)
