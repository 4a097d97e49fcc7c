"""The page of the fleet: agents and measurement servers, what needs attention first."""
