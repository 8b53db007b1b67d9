"""What users give: numbers, texts, arrays, configs, and what a summary makes of them."""
