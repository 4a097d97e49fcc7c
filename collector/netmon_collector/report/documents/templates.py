"""The templates of documents: a district's own where its folder has one, else ours, built from their sources."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path

from netmon.errors import ConfigError
from netmon_collector.report.documents.build import build_docx
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook

MOST_BYTES = 10 * 1024 * 1024


class Kind(StrEnum):
    """The kinds of documents, by the names of their templates."""

    NOTE = "note"  # аналитическая справка
    SCHOOLS = "letter-schools"  # исходящее письмо организациям
    PROVIDER = "letter-provider"  # исходящее письмо оператору связи
    ACT = "act"  # акт мониторинга канала связи


@dataclass(frozen=True, slots=True)
class Template:
    """A .docx for docxtpl, and what to call it in a message."""

    name: str
    data: bytes


def template_name(kind: Kind, language: Language) -> str:
    return f"{kind.value}.{language.value}.docx"


@cache
def own_template(kind: Kind, language: Language) -> Template:
    """The template that netmon brings: the same bytes every time."""
    folder = files("netmon_collector.report.documents") / "sources"
    source = folder.joinpath(f"{kind.value}.{language.value}.txt").read_text(encoding="utf-8")
    say = phrasebook(language).say
    words = say("signature"), say("name in full")
    return Template(template_name(kind, language), build_docx(source, signature_words=words))


def district_template(folder: Path | None, kind: Kind, language: Language) -> Template | None:
    """The district's template, None where it has none of this kind. Raises ConfigError when it cannot be read."""
    path = None if folder is None else folder / template_name(kind, language)
    if path is None or not path.exists():
        return None
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from error
    if len(data) > MOST_BYTES:
        raise ConfigError(f"{path}: is longer than {MOST_BYTES // 1024**2} MiB; make its pictures smaller")
    return Template(str(path), data)


def check_folder(folder: Path) -> None:
    """Refuse a folder with a .docx that is no template by its name. Raises ConfigError."""
    known = {template_name(kind, language) for kind in Kind for language in Language}
    try:
        found = sorted(path.name for path in folder.iterdir() if path.suffix == ".docx")
    except OSError as error:
        raise ConfigError(
            f"{folder}: is no folder of templates ({error.strerror}); name one under 'documents'"
        ) from error
    for name in found:
        if name not in known and not name.startswith("~$"):  # an open document's lock
            raise ConfigError(f"{folder / name}: is no template; call it one of {', '.join(sorted(known))}")
