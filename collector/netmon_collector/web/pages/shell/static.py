"""The static files: read and compressed once, named by their version, kept by browsers for a year."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from netmon_collector.errors import NotFoundError

STATIC_FOLDER = Path(__file__).parents[2] / "static"

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_YEAR_S = 31_536_000
_HOUR_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    content_type: str
    body: bytes
    packed: bytes
    version: str


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """Files by their path below ``static/``; what has no type of ours (licences, notes) is not served."""

    by_path: Mapping[str, StaticFile]

    @classmethod
    def read(cls, folder: Path = STATIC_FOLDER) -> "StaticFiles":
        paths = (path for path in sorted(folder.rglob("*")) if path.suffix in _TYPES)
        return cls({path.relative_to(folder).as_posix(): _read(path) for path in paths})

    def link(self, path: str) -> str:
        """The address of a file below the root of the site, with its version. Raises KeyError for none of ours."""
        return f"static/{path}?v={self.by_path[path].version}"


def _read(path: Path) -> StaticFile:
    body = path.read_bytes()
    return StaticFile(
        content_type=_TYPES[path.suffix],
        body=body,
        packed=gzip.compress(body, compresslevel=9, mtime=0),
        version=sha256(body).hexdigest()[:12],
    )


def add_static_routes(app: web.Application, files: StaticFiles) -> None:
    async def get_static(request: web.Request) -> web.Response:
        return _answer(request, files, request.match_info["path"])

    async def get_favicon(request: web.Request) -> web.Response:
        return _answer(request, files, "favicon.svg")

    app.router.add_get("/static/{path:.+}", get_static)
    app.router.add_get("/favicon.ico", get_favicon)


def _answer(request: web.Request, files: StaticFiles, path: str) -> web.Response:
    """A file, for a year under its own version; under any other it may be a newer one soon."""
    found = files.by_path.get(path)
    if found is None:
        raise NotFoundError("there is no such file")
    keep = f"{_YEAR_S}, immutable" if request.query.get("v") == found.version else f"{_HOUR_S}"
    headers = {
        "Cache-Control": f"public, max-age={keep}",
        "ETag": f'"{found.version}"',
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if f'"{found.version}"' in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    return web.Response(
        body=found.packed if packs else found.body,
        content_type=found.content_type,
        charset="utf-8",
        headers={**headers, "Content-Encoding": "gzip"} if packs else headers,
    )
