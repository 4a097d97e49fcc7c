"""The commands about agents: who there is, and how one is locked out."""

import re
from pathlib import Path

from netmon.domain.identifiers import AgentId
from tests.support.commands import run_collector
from tests.support.store import NOW, CollectorFiles, a_new_store, bind


def test_an_agent_is_listed_and_locked_out(tmp_path: Path) -> None:
    config = CollectorFiles(tmp_path).write()
    store = a_new_store(f"sqlite:///{tmp_path / 'netmon.db'}")
    bind(store, agent=AgentId("agent-one"), at=NOW)
    store.database.close()

    listed = run_collector("agent", "list", "--config", config, folder=tmp_path)
    revoked = run_collector("agent", "revoke", "agent-one", "--config", config, folder=tmp_path)
    again = run_collector("agent", "revoke", "agent-one", "--config", config, folder=tmp_path)

    assert re.fullmatch(r"agent-one\tline-01\tactive\t2026-11-23 12:00 UTC\ttest\t0\n", listed.stdout), listed.stderr
    assert (revoked.returncode, again.returncode) == (0, 2), revoked.stderr
    assert again.stderr.count("\n") == 1
