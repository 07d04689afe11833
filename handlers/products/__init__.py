"""The catalogue of products and their stock."""
