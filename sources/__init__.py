"""Where documents come from: source files, what they list, and how it is fetched. Knows neither corpus nor checks."""
