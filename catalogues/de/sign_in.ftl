### Anmeldung und Seiten, die sagen, dass etwas nicht ging.
