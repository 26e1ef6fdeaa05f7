"""The invented city of 100,000: drawn from one seed, written as the files that the program imports."""
