"""bcp_kit: from who can come to work, to what runs, to who can be taken in, to the paper for the drill."""

__version__ = "0.1.0"
