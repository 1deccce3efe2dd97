### Zugriff: gewähren, entziehen, erweitern.
