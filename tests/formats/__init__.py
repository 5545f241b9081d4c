"""A home that each version of the formats wrote, kept, and what this version makes of it."""
