"""The enrolment sheet: one page, from which a device can be enrolled without asking anybody."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader

from netmon_collector.ports import CodeGrant
from netmon_collector.report.enrolment_sheet import EnrolmentSheet, enrolment_sheet, sheet_pdf
from netmon_collector.wording import Language
from tests.support.domain import LINE, a_registry
from tests.support.store import NOW

CODE, SHA256 = "V7MH-97M0-2PD1-AHT9", "0123456789abcdef" * 4
URL = "https://collector.example"


def a_sheet(
    language: Language = Language.RU, *, collector: str = URL, ca_sha256: str | None = SHA256
) -> EnrolmentSheet:
    grant = CodeGrant(code_hash="-", line=LINE, created_at=NOW, expires_at=NOW + timedelta(days=14))
    return enrolment_sheet(
        CODE, grant, registry=a_registry(), collector=collector, ca_sha256=ca_sha256, language=language
    )


def printed(sheet: EnrolmentSheet, language: Language = Language.RU) -> str:
    pages = PdfReader(io.BytesIO(sheet_pdf(sheet, language))).pages
    assert len(pages) == 1
    return " ".join(pages[0].extract_text().split())


@pytest.mark.parametrize("language", list(Language))
def test_one_page_says_code_address_and_fingerprint(language: Language) -> None:
    text = printed(a_sheet(language), language)

    assert CODE in text
    assert URL in text
    assert " ".join(["0123 4567 89ab cdef"] * 2) in text
    assert f"--ca-sha256 {SHA256}" in text
    assert LINE in text


def test_the_code_is_valid_until_a_local_time() -> None:
    assert a_sheet().expires == "07.12.2026, 15:00"


def test_what_is_typed_fits_the_collector() -> None:
    plain = a_sheet(collector="http://192.0.2.1:8080", ca_sha256=None)

    assert "--allow-plain-http" in plain.words
    assert "--ca-sha256" not in plain.words
    assert "--allow-plain-http" not in a_sheet().words


def test_a_name_with_markup_is_printed_as_it_is() -> None:
    named = replace(a_sheet(), organisations=("Школа <b>№ 1</b> & сад",))

    assert "Школа <b>№ 1</b> & сад" in printed(named)


def test_a_long_name_stays_on_the_page() -> None:
    printed(replace(a_sheet(), organisations=("Муниципальное общеобразовательное учреждение " * 6,)))
