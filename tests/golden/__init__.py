"""Whole answers as they were last looked at and found right."""
