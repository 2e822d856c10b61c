"""One person: what is known of them, and what it changes in an answer."""
