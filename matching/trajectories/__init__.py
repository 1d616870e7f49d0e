"""The way of a candidate over time: introductions, what came of them, placements, contacts, pauses; no web in it.

The ways in call these modules. Where somebody stands is never stored: it follows from dated facts (`steps`).
"""
