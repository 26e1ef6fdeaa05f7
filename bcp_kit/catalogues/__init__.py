"""The law and the coefficients as dated data, each row with source and mark."""
