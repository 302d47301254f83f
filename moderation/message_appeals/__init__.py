"""Appeals against decisions about flagged messages: as appeals against other decisions, about copies of messages."""
