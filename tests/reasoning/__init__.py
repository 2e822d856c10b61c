"""Tests of the reasoning: each rule on the smallest knowledge that shows it, and an oracle on all of it."""
