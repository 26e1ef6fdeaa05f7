"""Paper and files out: PDF, spreadsheets, QR."""
