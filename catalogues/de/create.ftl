### Eine Instanz erstellen.
