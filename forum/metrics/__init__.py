"""Figures for Prometheus. Nothing is counted and no library loaded without METRICS_TOKEN."""
