"""Identifiers: strings with a type of their own, so that leading zeros stay and kinds don't mix."""

from typing import NewType

TerritoryId = NewType("TerritoryId", str)
LocalityId = NewType("LocalityId", str)
OrganisationId = NewType("OrganisationId", str)
SiteId = NewType("SiteId", str)
LineId = NewType("LineId", str)
ProviderId = NewType("ProviderId", str)
AgentId = NewType("AgentId", str)
ServerId = NewType("ServerId", str)
SlotId = NewType("SlotId", str)
TicketId = NewType("TicketId", str)
IndicatorId = NewType("IndicatorId", str)
ResultId = NewType("ResultId", str)
ActivityId = NewType("ActivityId", str)
