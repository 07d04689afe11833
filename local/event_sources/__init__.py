"""What invokes functions besides the API: streams and queues, read as on AWS."""
