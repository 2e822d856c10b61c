"""What must always hold, each sentence of it a test."""
