"""HTTP: only here aiohttp."""
