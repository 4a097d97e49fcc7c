"""Who may do what: one table of every route, and the middleware that decides by it."""
