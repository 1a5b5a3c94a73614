"""What users give to a call, each kind read in one place: refused by a sentence that names it."""
