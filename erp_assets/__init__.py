"""What is brought from the ERP systems into the lake, and when."""
