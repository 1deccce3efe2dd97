### Alle Formulare.

## Was beantragt werden kann, in Listen

kind-create-instance = Instanz erstellen
kind-delete-instance = Instanz löschen
kind-grant-access = Zugriff auf eine Instanz
kind-revoke-access = Entzug von Rollen
kind-raise-role = Höhere Rolle
kind-change-networking = Netzwerk
kind-change-tags = Tags
kind-change-identity = Identität
kind-assign-identity-role = Rolle einer Identität

## Titel der Formulare und ihre letzten Schaltflächen

form-create = Instanz erstellen
form-networking = Netzwerk ändern
form-tags = Tags ändern
form-deletion = Instanz löschen
form-access = Zugriff anfordern
form-revocation = Rollenzuweisung entfernen
form-role = Höhere Rolle anfordern
form-identity = Identität ändern
form-identity-role = Rollenzuweisung hinzufügen
form-review-create = Überprüfen + erstellen
form-review-save = Überprüfen + speichern
form-review-delete = Überprüfen + löschen
form-review-request = Überprüfen + beantragen
form-review-remove = Überprüfen + entfernen
form-review-assign = Überprüfen + zuweisen
form-act-create = Erstellen
form-act-save = Speichern
form-act-delete = Löschen
form-act-assign = Rolle zuweisen
form-act-remove = Entfernen

## Um ein Formular herum

form-title = { $wrong ->
    [0] { $title }
   *[other] Fehler: { $title }
}
form-parts = Teile dieses Formulars
form-to-fix = { $count } zu korrigieren
form-previous = Zurück
form-next = Weiter: { $part }
form-cancel = Abbrechen
form-sign-in-needed = Sie müssen sich anmelden
form-sign-in-beside = Ihre Eingaben sind noch da: Melden Sie sich an (das öffnet sich neben dieser Seite), kommen Sie dann zurück und senden Sie das Formular erneut.
form-sign-in = Erneut anmelden
form-azure-silent = Azure konnte nicht gefragt werden
form-still-here = Ihre Eingaben sind noch da. Versuchen Sie es gleich noch einmal.
form-change-it = Ändern Sie den Antrag und senden Sie ihn erneut
form-sent-back-by = { $name } hat diesen Antrag zurückgegeben:
form-wrong = { $count ->
    [one] Eine Angabe ist zu korrigieren
   *[other] Einige Angaben sind zu korrigieren
}
form-wrong-endpoint = Privater Endpunkt { $number }: { $problem }
form-unreadable = Dieses Formular konnte nicht gelesen werden: { $why }.
form-not-yours = Dieses Formular hat schon jemand anders verwendet. Füllen Sie ein neues aus.

## Felder mehrerer Formulare

form-subscription = Abonnement
form-group = Ressourcengruppe
form-instance = Instanz
form-instance-help = Die Ressourcen-ID der Instanz.
form-instance-wrong = Geben Sie die Ressourcen-ID einer Instanz an: /subscriptions/…/resourceGroups/…/providers/Microsoft.DigitalTwins/digitalTwinsInstances/…
form-instance-unseen = Azure zeigt Ihnen diese Instanz nicht: Es gibt dort keine mit diesem Namen, oder Sie haben keine Rolle, mit der Sie sie sehen.
form-instance-exists = Die Instanz { $name } ist vorhanden; ihr Status ist { $status }.
form-instance-name = Name der Instanz
form-confirm-help = Geben Sie zur Bestätigung den Namen der Instanz ein: { $name }.
form-confirm-wrong = Geben Sie zur Bestätigung den Namen der Instanz ein: { $name }
form-group-new-empty = Geben Sie der neuen Ressourcengruppe einen Namen.
form-group-empty = Wählen Sie eine Ressourcengruppe oder „Neu erstellen“.
form-group-wrong = Der Name einer Ressourcengruppe hat 1 bis 90 Buchstaben, Ziffern, Bindestriche, Unterstriche, Punkte oder Klammern und endet nicht mit einem Punkt.
form-why = Warum
form-justification = Begründung
form-justification-help = Wofür es gebraucht wird. Wer entscheidet, liest das. Höchstens 2.000 Zeichen.
form-justification-empty = Geben Sie an, wofür es gebraucht wird. Sonst kann niemand darüber entscheiden.
form-justification-nul = Entfernen Sie das NUL-Zeichen, es kann nicht gespeichert werden.
form-too-long = Verwenden Sie höchstens { $most } Zeichen.
form-not-all-seen = Nicht alles war sichtbar

## Die Seite zum Überprüfen

asking-what-runs = Was ausgeführt wird
asking-what = Was Sie beantragen
asking-send = Antrag senden
asking-send-again = Erneut senden
asking-back = Zurück zum Formular
asking-plan-html = Plan <code>{ $digest }</code>
asking-not-held-html = Fehlt Ihnen: <code>{ $action }</code> auf <code>{ $scope }</code>
asking-not-held-because-html = Fehlt Ihnen ({ $why }): <code>{ $action }</code> auf <code>{ $scope }</code>

## Aus dem letzten Antrag

form-recalled = Ausgefüllt wie in Ihrem letzten Antrag dieser Art. Ändern Sie, was anders ist.
