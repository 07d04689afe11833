"""Who may call the API: holders of an access token of our user pool."""
