"""Presets: reasons that moderators give often, kept in both languages, so that everybody is told the same in theirs."""
