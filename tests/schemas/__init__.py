"""The JSON Schemas of the records and of a review."""
