"""The individual evacuation plan on paper: what stands where is data, the drawing is here."""
