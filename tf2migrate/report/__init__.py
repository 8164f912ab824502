"""Views of a Plan: text, diff, JSON, SARIF, GitHub annotations, statistics, the name map."""
