"""The yes/no list of what the dossier's answers must and must never show."""
