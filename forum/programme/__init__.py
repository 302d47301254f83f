"""The conference online (议程): editions, their programme, who attends, and the calendars that follow it."""
