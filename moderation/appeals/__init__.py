"""Appeals: whoever a decision concerns asks somebody else to look at it once more."""
