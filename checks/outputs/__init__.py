"""What a check is handed on as: tables, files for other programs, notices to the counties."""
