"""Pictures of people: taken in, made anew, kept and shown."""
