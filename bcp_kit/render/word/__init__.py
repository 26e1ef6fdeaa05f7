"""Word files of continuity plans: styles, the body from blocks, and the package around it."""
