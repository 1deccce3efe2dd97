### Verwaltete Identitäten.
