class Problem(Exception):
    """A fault that whoever called can mend; the message is for that person, on one line."""
