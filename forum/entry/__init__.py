"""Getting in: sign-in, second factor, passkeys, outside providers, the forgotten password, being asked again."""
