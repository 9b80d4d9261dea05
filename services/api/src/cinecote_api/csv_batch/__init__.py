"""Tables of films in CSV: received, checked, scored and sent back in bounded memory."""
