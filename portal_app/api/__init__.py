"""HTTP routes beside the app: cookies, files, calendars, health."""
