"""What is new since a page was made: a small public state, asked for by the page again and again (ADR 36)."""
