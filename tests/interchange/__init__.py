"""Tests of the forms of other systems, each against a validator that is not ours."""
