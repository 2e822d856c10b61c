"""From files to a knowledge base: strict loading, names, checks."""
