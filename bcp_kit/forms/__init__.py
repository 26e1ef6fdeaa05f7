"""templates/forms and templates/messages as typed forms and texts."""
