"""Income scoring and credit decisions for personal and payroll loans in Mexico."""
