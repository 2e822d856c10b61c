"""Policies of a hospital, laid over the knowledge."""
