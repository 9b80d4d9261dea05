"""What an answer says when it can't be given."""
