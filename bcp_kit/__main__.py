"""`python -m bcp_kit` is the same as `bcp-kit`."""

from bcp_kit.cli import main

if __name__ == "__main__":  # a solving process imports this module again
    main()
