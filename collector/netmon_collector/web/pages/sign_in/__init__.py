"""Signing in and out, and the link with which somebody sets their password."""
