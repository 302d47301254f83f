"""What stands in somebody's record: decisions that count against them, for how long, and what usually comes next."""
