### Netzwerk, Tags und Löschen.
