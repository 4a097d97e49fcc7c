"""netmon: the core of a network-connectivity compliance monitor for schools."""

__version__ = "0.1.0"
