"""Makes the room's base months out of the raw data; nothing else imports it."""
