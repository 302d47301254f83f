"""Second looks: decided cases, shown blind to another moderator who says what they would have decided."""
