"""The administration as an administrator uses it: everything by forms, everything in the audit log."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from netmon.domain.access import Grant, Role
from netmon.domain.identifiers import TerritoryId
from tests.support.access import REGISTRY
from tests.support.collector import Reply, RunningCollector, a_running_collector
from tests.support.reader import ReaderBrowser, an_account, form_token

TABLE = (
    "organisation;territory;organisation_name_ru;site;locality;address_ru;line;role\n"
    "school-03;district;Новая школа;site-03;town;Адрес;line-03;main\n"
)


@pytest.fixture
def chief(tmp_path: Path) -> Iterator[ReaderBrowser]:
    with a_running_collector(tmp_path, access="{}", registry=REGISTRY) as collector:
        an_account(collector, "chief", Grant(Role.ADMINISTRATOR))
        reader = ReaderBrowser(collector)
        reader.sign_in("chief")
        yield reader


def _said(collector: RunningCollector) -> set[tuple[str, str]]:
    page = collector.services.store.audit_page(after=0, limit=500)
    return {(entry.change.kind.value, entry.change.actor) for entry, _ in page}


def _upload(reader: ReaderBrowser, path: str, fields: dict[str, str], table: str | None = None) -> Reply:
    """A form with a file, as browsers send it."""
    parts = [f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}' for name, text in fields.items()]
    if table is not None:
        name = 'name="table"; filename="table.csv"'
        parts.append(f"--edge\r\nContent-Disposition: form-data; {name}\r\nContent-Type: text/csv\r\n\r\n{table}")
    body = ("\r\n".join([*parts, "--edge--"]) + "\r\n").encode()
    cookies = "; ".join(f"{name}={value}" for name, value in reader.cookies.items())
    headers = {
        "Content-Type": "multipart/form-data; boundary=edge",
        "Accept": "text/html",
        "Accept-Language": "ru",
        "Cookie": cookies,
    }
    return reader.collector.ask("POST", path, body, headers)


@pytest.mark.parametrize("tab", ["agents", "exemptions", "accounts", "tokens", "registry", "mail", "audit"])
def test_every_tab_is_shown_in_both_languages(chief: ReaderBrowser, tab: str) -> None:
    for language in ("ru", "en"):
        page = chief.get(f"/administration/{tab}/?lang={language}")
        assert page.status == 200
        assert f'lang="{language}"' in page.text


def test_an_account_is_made_changed_and_shut_out(chief: ReaderBrowser) -> None:
    collector, page = chief.collector, "/administration/accounts/"
    fields = {"name": "newcomer", "role": "viewer", "territory": "district"}
    made = chief.fill(page, fields)
    link = re.search(r"http://[^<]*(/link/[\w-]+)", made.text)
    assert link is not None
    assert ReaderBrowser(collector).get(link[1]).status == 200
    assert "taken" in chief.fill(page, fields).text
    chief.fill(f"{page}newcomer/grants", {"role": "operator", "territory": "other"}, f"{page}newcomer/")
    found = collector.services.store.account("newcomer")
    assert found is not None
    assert found.grants == (Grant(Role.OPERATOR, TerritoryId("other")),)
    chief.fill(f"{page}newcomer/state", {"state": "disabled"}, f"{page}newcomer/")
    assert ReaderBrowser(collector).get(link[1]).status == 404
    kinds = {kind for kind, actor in _said(collector) if actor == "administrator chief"}
    assert {"account_added", "grants", "account_disabled", "sign_in"} <= kinds


def test_the_last_administrator_stays(chief: ReaderBrowser) -> None:
    page = "/administration/accounts/chief/"
    for path, fields in (("state", {"state": "disabled"}), ("grants", {"role": "viewer", "territory": "*"})):
        assert "last administrator" in chief.fill(f"{page}{path}", fields, page).text


def test_an_administrator_of_a_district_stays_in_it(chief: ReaderBrowser) -> None:
    collector = chief.collector
    an_account(collector, "local", Grant(Role.ADMINISTRATOR, TerritoryId("district")))
    local = ReaderBrowser(collector)
    local.sign_in("local")
    page = "/administration/accounts/"
    assert "chief" not in local.get(page).text.split("<main")[1]
    assert local.get(f"{page}chief/").status == 403
    for role, territory in (("administrator", "*"), ("viewer", "other"), ("viewer", "region")):
        refused = local.fill(page, {"name": "friend", "role": role, "territory": territory})
        assert (refused.status, collector.services.store.account("friend")) == (400, None)
    for path, fields in (
        ("/administration/agents/codes", {"line": "line-02"}),
        ("/administration/exemptions/", {"organisation": "school-02"}),
    ):
        assert local.fill(path, fields, "/administration/agents/").status == 403


def test_a_token_is_shown_once_and_revoked(chief: ReaderBrowser) -> None:
    collector, page = chief.collector, "/administration/tokens/"
    made = chief.fill(page, {"name": "scraper", "days": "30", "role": "viewer", "territory": "*"})
    secret = re.search(r"netmon_[\w-]{43}", made.text)
    assert secret is not None
    assert collector.get_as(secret[0], "/metrics").status == 200
    listed = chief.get(page).text
    assert secret[0] not in listed
    revoke = re.search(r"tokens/(\w+)/revoke", listed)
    assert revoke is not None
    chief.fill(f"{page}{revoke[1]}/revoke", {}, page)
    assert collector.get_as(secret[0], "/metrics").status == 401
    assert {"token_added", "token_revoked"} <= {kind for kind, _ in _said(collector)}
    wrong = chief.fill(page, {"name": "x", "days": "9999", "role": "viewer", "territory": "*"})
    assert (wrong.status, "1 to 366 days" in wrong.text) == (400, True)


def test_an_exemption_holds_at_once_and_is_taken_back(chief: ReaderBrowser) -> None:
    registry, page = chief.collector.services, "/administration/exemptions/"
    fields = {
        "organisation": "school-01",
        "reason": "ремонт",
        "document": "приказ № 7",
        "approver_role": "председатель комитета",
        "from": "2026-09-01",
        "to": "2027-09-01",
    }
    refused = chief.fill(page, {**fields, "document": ""})
    assert (refused.status, 'aria-invalid="true"' in refused.text) == (400, True)
    shown = chief.fill(page, fields)
    assert "приказ № 7" in shown.text
    assert [one.document for one in registry.registry.exemptions] == ["приказ № 7"]
    assert ("exemption", "administrator chief") in _said(chief.collector)
    subject = re.search(r'name="subject" value="([^"]*)"', shown.text)
    assert subject is not None
    chief.fill(f"{page}end", {"subject": unescape(subject[1]), "document": "приказ № 8"}, page)
    assert not registry.registry.exemptions


def test_a_code_enrols_a_device_and_the_device_is_revoked(chief: ReaderBrowser) -> None:
    collector, page = chief.collector, "/administration/agents/"
    made = chief.fill(f"{page}codes", {"line": "line-01"}, page)
    code = re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", made.text)
    assert code is not None
    agent = str(collector.enrol(code[0]).document["agent"])
    assert agent in chief.get(page).text
    chief.fill(f"{page}revoke", {"agent": agent}, page)
    assert {("enrolment_code", "administrator chief"), ("agent_revoked", "administrator chief")} <= _said(collector)


def test_a_registry_is_seen_before_it_is_put_in_force(chief: ReaderBrowser) -> None:
    services, page = chief.collector.services, "/administration/registry/"
    token = form_token(chief.get(page))
    preview = _upload(chief, f"{page}preview", {"form_token": token}, TABLE)
    assert preview.status == 200
    assert "Новая школа" in preview.text
    assert len(services.registry.lines) == 2
    carried = dict(re.findall(r'name="(table|before)" value="([^"]*)"', preview.text))
    stale = _upload(chief, f"{page}apply", {"form_token": token, **carried, "before": "other"})
    assert stale.status == 409
    assert _upload(chief, f"{page}apply", {"form_token": token, **carried}).status == 303
    assert [line.id for line in services.registry.lines] == ["line-01", "line-02", "line-03"]
    assert "line-03" in services.settings.registry.read_text(encoding="utf-8")
    assert len(list(services.settings.registry.parent.glob("registry.yaml.*.bak"))) == 1
    assert ("registry", "administrator chief") in _said(chief.collector)
    assert "line-03" in chief.get(f"{page}table.csv").text
    assert chief.collector.enrol(chief.collector.code("line-03")).status == 200


def test_a_table_with_mistakes_names_their_lines_and_changes_nothing(chief: ReaderBrowser) -> None:
    services, page = chief.collector.services, "/administration/registry/"
    before = services.settings.registry.read_bytes()
    token = form_token(chief.get(page))
    table = TABLE + "school-04;district;Ещё одна;site 04;town;Адрес;line-04;side\n"
    shown = _upload(chief, f"{page}preview", {"form_token": token}, table)
    assert shown.status == 400
    assert "строка 3: столбец site: «site 04»" in shown.text
    assert "строка 3: столбец role: «side»" in shown.text
    assert services.settings.registry.read_bytes() == before
    assert _upload(chief, f"{page}preview", {"form_token": token}).status == 400


def test_the_log_is_filtered_paged_and_checked(chief: ReaderBrowser) -> None:
    page = "/administration/audit/"
    for number in range(55):
        an_account(chief.collector, f"account-{number:02d}", Grant(Role.VIEWER))
    first = chief.get(page)
    assert "The chain is whole" in first.text
    older = re.search(r'href="[^"]*\?([^"]*before=\d+)"', first.text)
    assert older is not None
    assert "account-00" in chief.get(f"{page}?{unescape(older[1])}").text
    assert "account-07" in chief.get(f"{page}?sought=account-07").text
    assert "Nothing of this kind." in chief.get(f"{page}?kind=closing").text
