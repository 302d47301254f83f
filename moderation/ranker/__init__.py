"""The learned ranker: a small text model of this forum's own decisions, which orders the queue and never decides."""
