"""The first page: whether a territory is on target, what changed, whom to call, what is due."""
