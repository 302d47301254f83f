"""Threads and posts: one aggregate. Starting a thread writes a post; a reply updates the thread."""
