"""Finding posts: one analyser for Chinese and English, two engines. Knows neither Flask nor the forum."""
