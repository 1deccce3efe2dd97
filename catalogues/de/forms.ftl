### Alle Formulare.
