"""Receipts: what became of a flag, for the person who sent it and for nobody else."""
