"""`make faults`: the rows R-1 to R-13 and D-1 to D-3 of the design's checks, played against whole forums."""
