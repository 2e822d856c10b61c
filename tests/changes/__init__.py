"""What changed: between versions, between answers, and since an answer was pinned."""
