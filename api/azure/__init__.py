"""Answers in the form of Azure Document Intelligence, for programs written against that service."""
