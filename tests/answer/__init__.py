"""Tests of the answer: the review, its renderings and its JSON form."""
