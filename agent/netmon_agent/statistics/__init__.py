"""What samples of a transfer say about a line: pure functions, no sockets, no clock."""
