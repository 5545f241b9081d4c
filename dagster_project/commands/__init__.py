"""The commands behind make, one file each: what is done, what the last lines say, and the exit status.

What belongs here: what one types and reads. What doesn't: any step of the way of the data.
"""
