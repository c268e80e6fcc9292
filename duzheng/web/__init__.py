"""The web face: pages rendered on the server and a JSON interface on the same corpus. Nothing is fetched from elsewhere."""
