"""Distances, hazard zones, schematic maps; no network."""
