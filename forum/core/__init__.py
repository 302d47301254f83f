"""Tools that know no feature: database, signals, jobs, text and markup."""
