"""The engine for many pairs: prices, the relaxation over few columns, whole-number models by neighbourhood.

It knows no people and no shelters: households want one option each, options take of limits, worth adds up.
`problem.py` says what it asks of an instance; nothing here loops over pairs or keeps all of them.
"""
