"""Mail: what is owed, how it is written in two forms, how it is sent and tried again."""
