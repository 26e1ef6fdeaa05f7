"""Staff cover: who works which post on which day, what stays uncovered, and why."""
