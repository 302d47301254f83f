"""What administrators do that others should know of: told to all other administrators, and listed for them."""
