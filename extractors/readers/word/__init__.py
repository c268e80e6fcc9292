"""What word processor files have in common, whatever format they are in: packages of XML parts, tables, pictures."""
