"""Which considerations apply, by which path, and how sure that is."""
