"""The marketing–sales agreement as software: from extracts and signed contracts to attainment."""
