"""Questions to the experts outside of sessions: the mark, *the* answer, invitations; notices of corrections."""
