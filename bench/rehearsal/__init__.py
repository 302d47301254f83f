"""A rehearsal of many machines on one: real servers under steady load, faults, and what they did to whom."""
