"""Rosters for many people and weeks: one column for a person's whole roster.

`instance.py` says what is asked, `check.py` judges any plan without a solver, `public_file.py` reads the
public shift-scheduling files, `solve.py` makes the plan. The rules of one person live in a dynamic program
(`paths.py`): it finds a person's best roster exactly, whatever the days are worth. Everything else only
decides what the days are worth (`master.py`) and which rosters go together (`choose.py`, `search.py`).
Nothing here knows law, posts or a catalogue.
"""
