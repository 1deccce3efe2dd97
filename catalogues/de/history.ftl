### Der Verlauf.
