"""The forum itself: people, sub-themes, threads and posts, and what is told and found about them."""

import gc

# Python looks for cycles after every 700 new objects that live on, which at the start, where everything lives on, took
# 0.35 of 1.85 s, and a tenth of the time of the tests. After 20,000 it frees the same, at a cost of a few MB.
gc.set_threshold(20_000, 10, 10)
