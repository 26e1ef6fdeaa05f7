"""One folder per question: instance in, result out. Solvers live only here."""
