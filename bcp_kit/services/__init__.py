"""One function per use case; the only place that combines the layers."""
