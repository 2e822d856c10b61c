"""Answers and knowledge in the forms of other systems, and what these know of a patient in ours."""
