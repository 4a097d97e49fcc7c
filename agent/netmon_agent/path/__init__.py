"""Path diagnosis: what the agent does about it, and the short-lived child that has scapy."""
