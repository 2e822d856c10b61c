"""The assembled review: what is known, how well, and what nobody has looked at."""
