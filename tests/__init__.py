"""What the library does, each part in its folder."""
