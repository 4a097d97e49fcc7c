"""The page of the roadmap: indicators by year, results, activities, and the entry of what people report."""
