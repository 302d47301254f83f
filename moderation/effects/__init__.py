"""What each outcome does to post, thread and account, and how exactly that is taken back: a file for each kind."""
