"""Ask-an-expert sessions: a pinned thread with a clock, in which netizens ask and the named experts answer."""
