"""The API: predictions from the champion, and the films."""
