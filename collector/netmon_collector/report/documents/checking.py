"""Trying a district's templates without any data: what check-config says about them."""

from pathlib import Path

from netmon_collector.report.documents.fill import fill
from netmon_collector.report.documents.samples import sample
from netmon_collector.report.documents.templates import Kind, check_folder, district_template
from netmon_collector.wording.language import Language


def check_templates(folder: Path) -> int:
    """How many templates the folder has. Raises ConfigError for the first that cannot be filled."""
    check_folder(folder)
    found = [
        (kind, template)
        for kind in Kind
        for language in Language
        if (template := district_template(folder, kind, language)) is not None
    ]
    for kind, template in found:
        for empty in (False, True):
            fill(template, sample(kind, empty=empty))
    return len(found)
