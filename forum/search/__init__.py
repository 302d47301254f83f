"""Search: posts as documents, and the results page."""
