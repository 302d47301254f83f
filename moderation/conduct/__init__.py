"""The code of conduct: numbered rules in both languages; every change of them is a new version."""
