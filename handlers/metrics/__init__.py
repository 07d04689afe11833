"""Business metrics: registrations and order values, from the table's stream or a direct event."""
