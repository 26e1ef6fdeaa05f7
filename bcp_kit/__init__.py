"""bcp_kit: from who can come to work, to what runs, to who can be taken in, to the paper for the drill."""

import os

# numpy's own threads would fight with the engine's two (record 38); read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
