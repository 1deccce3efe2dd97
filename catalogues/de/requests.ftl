### Ein Antrag, sein Fortschritt und was über ihn entschieden werden kann.
