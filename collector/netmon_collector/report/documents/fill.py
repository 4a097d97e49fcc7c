"""Filling a template: unknown fields and broken tags are one line, and the document is made all the same."""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import NoReturn

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from netmon.errors import ConfigError
from netmon_collector.report.documents.archive import repacked
from netmon_collector.report.documents.templates import Kind, Template, district_template, own_template
from netmon_collector.wording.language import Language

Context = Mapping[str, object]
_FIELD = re.compile(r"'([^']+)' is undefined|has no attribute '([^']+)'|no element '?([^']+)'?$")
_MEND = "docs/documents.md lists the fields"


@dataclass(frozen=True, slots=True)
class Filled:
    """A document; `problem` says in one line why it was not made from the district's template."""

    data: bytes
    problem: str | None = None


def fill_document(kind: Kind, language: Language, context: Context, *, folder: Path | None) -> Filled:
    """The document from the district's template; from ours where that cannot be used."""
    own = own_template(kind, language)
    try:
        template = district_template(folder, kind, language) or own
        return Filled(fill(template, context))
    except ConfigError as error:
        return Filled(fill(own, context), str(error))


def fill(template: Template, context: Context) -> bytes:
    """The template with its fields. Raises ConfigError naming the template and what is wrong in it."""
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        document = DocxTemplate(BytesIO(template.data))
        document.render(dict(context), jinja_env=environment, autoescape=True)
        written = BytesIO()
        document.save(written)
    except UndefinedError as error:
        _refuse(template, f"the field {_field(error)} is unknown; {_MEND}")
    except TemplateSyntaxError as error:
        _refuse(template, f"a tag is broken ({_one_line(error)}); mend it in the template")
    except (TemplateError, TypeError) as error:
        _refuse(template, f"cannot be filled ({_one_line(error)}); mend its tags")
    except (KeyError, SyntaxError, ValueError, OSError, zipfile.BadZipFile) as error:
        _refuse(template, f"is no .docx ({_one_line(error)}); save it as a Word document")
    return repacked(written.getvalue())


def _field(error: UndefinedError) -> str:
    found = _FIELD.search(str(error))
    return f"'{next(one for one in found.groups() if one)}'" if found else f"({_one_line(error)})"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _refuse(template: Template, problem: str) -> NoReturn:
    raise ConfigError(f"{template.name}: {problem}")
