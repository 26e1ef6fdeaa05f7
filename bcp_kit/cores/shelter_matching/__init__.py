"""Which household goes to which destination in one stage of one hazard scenario, and why not elsewhere."""
