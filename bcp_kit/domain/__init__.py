"""What exists: people, consent, plans, shelters, facilities, staff. No I/O, no clock, no randomness."""
