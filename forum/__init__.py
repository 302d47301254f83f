"""The forum itself: people, sub-themes, threads and posts, and what is told and found about them."""
