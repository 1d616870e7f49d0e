"""Files in and out: spreadsheets, JSON Lines and official reference sets."""
