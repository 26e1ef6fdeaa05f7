"""`python -m bcp_kit` is the same as `bcp-kit`."""

from bcp_kit.cli import main

main()
