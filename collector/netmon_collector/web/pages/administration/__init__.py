"""Administration: accounts, API tokens, agents, exemptions, the registry, mail, the audit log; one module a tab."""
