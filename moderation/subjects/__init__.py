"""What is said about cases on threads and profiles, where the words about single posts would be wrong."""
