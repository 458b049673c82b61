"""One module for each file form: read it, patch it in place."""
