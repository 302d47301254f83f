"""The yardstick and its material: nothing here is part of the running forum."""
