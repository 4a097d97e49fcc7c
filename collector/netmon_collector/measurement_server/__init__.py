"""The measurement server: real bytes for agents that bring a ticket, and a signed receipt afterwards."""
