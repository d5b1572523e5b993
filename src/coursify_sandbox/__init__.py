"""Runs Coursify without any account: embedded servers, stand-ins for vendors, sample data."""
