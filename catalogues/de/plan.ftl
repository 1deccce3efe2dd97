### Die Schritte eines Plans und woran man sieht, dass sie erledigt sind.
