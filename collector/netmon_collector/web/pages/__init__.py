"""What people read: one room a page, each with its view, route and template, within one shell."""
