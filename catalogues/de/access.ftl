### Zugriff: gewähren, entziehen, erweitern.

## Was eine Rolle haben kann

kind-of-user = Benutzer
kind-of-group = Gruppe
kind-of-service-principal = Dienstprinzipal
kind-of-managed-identity = Verwaltete Identität
kind-of-unknown = Unbekannte Art
principal-unnamed = { $kind }, im Verzeichnis kein Name gefunden
assigned-system = Systemseitig zugewiesen
assigned-user = Benutzerseitig zugewiesen
object-id = Objekt-ID { $id }

## Rollen

role-data-owner = Voller Zugriff auf die Daten der Instanz: Modelle, Zwillinge, Beziehungen, Abfragen, Ereignisrouten.
role-data-reader = Liest die Daten der Instanz: Modelle, Zwillinge, Beziehungen, Abfragen. Ändert nichts.
role-contributor = Erstellt und verwaltet dort alle Ressourcen, auch Instanzen. Weist keine Rollen zu.
role-access-administrator-limited = Weist Rollen zu und entfernt sie: hier durch eine Bedingung auf Azure Digital Twins Data Owner und Data Reader begrenzt. Verwaltet keine Ressourcen.
role-access-administrator = Weist dort beliebige Rollen zu und entfernt sie, auch Owner. Verwaltet keine Ressourcen.
role-owner = Verwaltet dort alle Ressourcen und kann jeder Person jede Rolle zuweisen.
role-access-administrator-instead = Damit andere Personen Instanzen nutzen können, genügt Role Based Access Control Administrator: Diese Rolle weist hier nur die beiden Datenrollen zu.
role-owner-instead = Um Instanzen zu erstellen und anderen Personen Zugriff darauf zu geben, genügen Contributor und Role Based Access Control Administrator zusammen.
allowed-both = Instanzen erstellen und Rollen zuweisen
allowed-create = Instanzen erstellen; Rollen weist jemand anders zu
allowed-assign = Rollen zuweisen; Instanzen erstellt jemand anders
allowed-neither = Weder Instanzen erstellen noch Rollen zuweisen

## Was die Formulare für Zugriff gemeinsam haben

access-where = Wo
access-what = Was
access-who = Wer
access-role = Rolle
access-member = Mitglied
access-unlisted = Nicht in der Liste
access-resource-id = Ressourcen-ID
access-needed-for = Was wofür nötig ist
access-group-missing = Azure kennt dort keine Ressourcengruppe { $name }.
access-group-exists = Die Ressourcengruppe { $name } ist vorhanden.
access-check-group = ob es die Ressourcengruppe gibt

## Personen auswählen

people-members = Mitglieder
people-help = Suchen Sie nach Namen oder E-Mail-Adresse: Benutzer, Gruppen und Dienstprinzipale.
people-find = Suchen
people-found = { $count } gefunden
people-found-for = Treffer für „{ $text }“
people-nobody-else = Für „{ $text }“ wurde sonst niemand gefunden.
people-guest = Gast
people-application = Anwendung { $id }
people-add-html = Hinzufügen<span class="sr">: { $name }</span>
people-remove = { $name } entfernen
people-role-of = Rolle von { $name }
people-by-id = Mit Objekt-ID hinzufügen
people-add-by-id-html = Hinzufügen<span class="sr"> mit Objekt-ID</span>
people-object-id = Objekt-ID
people-object-id-help = Die des Benutzers, der Gruppe oder der Unternehmensanwendung; keine Anwendungs-ID.
people-object-id-empty = Geben Sie die Objekt-ID des Mitglieds ein, das hinzugefügt werden soll.
people-object-id-wrong = Eine Objekt-ID sieht so aus: { $example }. Das Azure-Portal zeigt sie auf der Seite des Benutzers, der Gruppe oder der Unternehmensanwendung.
people-kind = Art
people-kind-empty = Geben Sie an, wozu die Objekt-ID gehört.
people-not-added = Hier steht jemand, der noch nicht hinzugefügt ist. Fügen Sie die Person hinzu, oder leeren Sie das Feld.
people-too-short = Geben Sie mindestens zwei Buchstaben ein.
people-unknown-id = { $id } wurde im Verzeichnis nicht gefunden. Fügen Sie den Eintrag mit seiner Objekt-ID hinzu, und geben Sie an, was er ist.
people-too-many-found = Das sind die ersten { $most }. Geben Sie mehr vom Namen ein, um andere zu finden.
people-not-looked-up = Die Mitglieder konnten nicht im Verzeichnis nachgeschlagen werden.
people-not-searched = Das Verzeichnis konnte nicht durchsucht werden. Sie können Mitglieder mit ihrer Objekt-ID hinzufügen.
people-unsearched = { $kind ->
    [user] Benutzer konnten nicht gesucht werden ({ $code }). Fügen Sie sie mit ihrer Objekt-ID hinzu.
    [group] Gruppen konnten nicht gesucht werden ({ $code }). Fügen Sie sie mit ihrer Objekt-ID hinzu.
   *[service-principal] Dienstprinzipale konnten nicht gesucht werden ({ $code }). Fügen Sie sie mit ihrer Objekt-ID hinzu.
}
people-sign-in = Azure verlangt, dass Sie sich erneut anmelden.
people-all-named = Das Verzeichnis kennt jedes Mitglied.
people-not-named = { $count ->
    [one] Nicht geprüft: ein Mitglied. Das Verzeichnis nennt keinen Namen; wer entscheidet, sieht die Objekt-ID.
   *[other] Nicht geprüft: { $count } Mitglieder. Das Verzeichnis nennt keine Namen; wer entscheidet, sieht die Objekt-IDs.
}

## Zugriff anfordern

grant-title = { $role } auf { $place }
grant-lead = Eine Rolle auf einer Azure Digital Twins-Instanz, für Sie selbst oder für andere. Sie sehen den ganzen Plan, bevor etwas beantragt wird.
grant-instance-help = Die Instanzen, die Sie in Azure sehen können.
grant-choose-instance = Instanz wählen
grant-no-instance-help = Azure zeigt Ihnen keine Instanz. Wer mit ihr arbeitet, findet die ID auf ihrer Seite im Azure-Portal unter „Eigenschaften“; auch die Adresse dieser Seite genügt.
grant-unlisted-help = Wer mit der Instanz arbeitet, findet die ID auf deren Seite im Azure-Portal unter „Eigenschaften“; auch die Adresse dieser Seite genügt.
grant-role-help = Owner einer Azure-Ressource ist nicht dasselbe wie Data Owner: Owner verwaltet die Ressource, gibt aber keinen Zugriff auf ihre Daten.
grant-for-me = Für mich
grant-for-me-help = Die Rolle wird Ihnen zugewiesen.
grant-instance-wrong = Wählen Sie eine Instanz, oder geben Sie ihre Ressourcen-ID an: /subscriptions/…/resourceGroups/…/providers/Microsoft.DigitalTwins/digitalTwinsInstances/…
grant-two-instances = Wählen Sie oben eine Instanz, oder geben Sie hier eine Ressourcen-ID an: nur eins von beidem.
grant-role-empty = Wählen Sie die Rolle, die zugewiesen werden soll.
grant-nobody = Fügen Sie mindestens ein Mitglied hinzu: Suchen Sie nach Namen oder E-Mail-Adresse, oder geben Sie eine Objekt-ID an.
grant-too-many = Nennen Sie höchstens { $most } Mitglieder in einem Antrag.
grant-first-subscriptions = Nur die Instanzen Ihrer ersten { $most } Abonnements sind aufgeführt.
grant-not-listed = Die Instanzen in { $subscription } sind nicht aufgeführt.
grant-check-instance = ob es die Instanz gibt
grant-instance-exists = Die Instanz { $name } ist vorhanden.
grant-instance-missing = Azure kennt dort keine Instanz { $name }. Prüfen Sie die Ressourcen-ID.
grant-check-held = wer die Rolle schon hat
grant-held-by-none = Keines der Mitglieder hat die Rolle dort bisher.
grant-held-by-all = { $count ->
    [one] Es gibt nichts zu beantragen: { $names } hat { $role } dort schon.
   *[other] Es gibt nichts zu beantragen: { $names } haben { $role } dort schon.
}
grant-held-by-some = { $count ->
    [one] { $names } hat die Rolle dort schon und behält sie.
   *[other] { $names } haben die Rolle dort schon und behalten sie.
}

## Rollenzuweisungen entfernen

revoke-title = { $count ->
    [one] { $role } von { $holder } entfernen
   *[other] { $count } Rollen von { $holder } entfernen
}
revoke-heading = Rollenzuweisungen entfernen
revoke-lead = { $count ->
    [one] Nur diese und sonst nichts. Sie sehen den Aufruf an Azure, bevor etwas beantragt wird.
   *[other] Nur diese und sonst nichts. Sie sehen jeden Aufruf an Azure, bevor etwas beantragt wird.
}
revoke-what = Was entfernt wird
revoke-scope = Bereich
revoke-roles = Zu entfernende Rollen
revoke-with-condition = Mit der Bedingung { $condition }
revoke-why-help = Warum sie nicht mehr nötig ist. Wer entscheidet, liest das. Höchstens 2.000 Zeichen.
revoke-back = Zurück zur Startseite
revoke-resource = Ressource
revoke-condition = Bedingung
revoke-held-by = Zugewiesen an
revoke-none = Wählen Sie mindestens eine Rollenzuweisung.
revoke-not-alike = Entfernen Sie in einem Antrag nur die Rollen eines Prinzipals in einem Bereich: Alles andere braucht einen eigenen Antrag.
revoke-too-many = Entfernen Sie höchstens { $most } Rollenzuweisungen in einem Antrag.
revoke-choose = Wählen Sie die Rollenzuweisung auf der Seite der Instanz unter „Zugriffssteuerung (IAM)“.
revoke-gone = Azure zeigt keine solche Rollenzuweisung: Sie wurde schon entfernt, oder es gab sie nie.
revoke-unread = Die Rollenzuweisung konnte nicht gelesen werden.
revoke-not-here = Diese Rollenzuweisung kann hier nicht entfernt werden.
revoke-there = { $count ->
    [one] Die Rollenzuweisung ist da, wie gezeigt.
   *[other] Die { $count } Rollenzuweisungen sind da, wie gezeigt.
}
revoke-own = Es ist eine Ihrer eigenen Rollen.
revoke-of-role = { $role }: { $check }
revoke-asked-too = { $name } hat sie ebenfalls beantragt: „{ $title }“ ({ $at }). Begründung: { $reason }
revoke-relies = { $name } ist darauf angewiesen: „{ $title }“ ({ $at }). Begründung: { $reason }
revoke-others = { $count ->
    [one] 1 Antrag beruht darauf. Mehr davon dürfen Sie nicht sehen.
   *[other] { $count } Anträge beruhen darauf. Mehr davon dürfen Sie nicht sehen.
}
revoke-others-besides = { $count ->
    [one] 1 weiterer Antrag beruht darauf. Mehr davon dürfen Sie nicht sehen.
   *[other] { $count } weitere Anträge beruhen darauf. Mehr davon dürfen Sie nicht sehen.
}
revoke-nobody-relies = Kein hier gestellter Antrag beruht darauf.
revoke-shared = { $count } Anträge teilen sich diese eine Rollenzuweisung. Wird sie entfernt, verlieren alle diese Rolle.
revoke-identity = Eine Rolle der eigenen Identität der Instanz
revoke-identity-idle = { $assigned ->
    [system] Sie gehört der systemseitig zugewiesenen verwalteten Identität von { $name }. Nichts an der Instanz verwendet diese Identität.
   *[user] Sie gehört der benutzerseitig zugewiesenen verwalteten Identität { $name }. Nichts an der Instanz verwendet diese Identität.
}
revoke-identity-used = { $assigned ->
    [system] Sie gehört der systemseitig zugewiesenen verwalteten Identität von { $name }. Was diese Identität verwendet, kann nichts mehr dorthin liefern, wo es diese Rolle braucht.
   *[user] Sie gehört der benutzerseitig zugewiesenen verwalteten Identität { $name }. Was diese Identität verwendet, kann nichts mehr dorthin liefern, wo es diese Rolle braucht.
}

## Höhere Rolle anfordern

raise-lead = Eine eigene Rolle auf einem Abonnement oder einer Ressourcengruppe, damit Sie selbst weiterkommen. Ob das richtig ist, hängt von Ihrer Organisation ab: Es entscheidet jemand, der dort Rollen zuweisen darf.
raise-subscription-help = Die Abonnements, die Sie in Azure sehen können, und die, die hier angeboten werden.
raise-choose-subscription = Abonnement wählen
raise-load = Ressourcengruppen laden
raise-applies-to = Gilt für
raise-applies-to-help = Eine Ressourcengruppe genügt, um mit den Instanzen darin zu arbeiten.
raise-subscription-first = Zuerst ein Abonnement wählen
raise-choose-group = Ressourcengruppe wählen
raise-group = Ressourcengruppe { $name }
raise-whole = Das ganze Abonnement
raise-group-typed = Azure zeigt Ihnen die Ressourcengruppen hier nicht. Geben Sie deshalb den Namen einer Gruppe ein oder * für das ganze Abonnement.
raise-role-help = Zuerst die mit den geringsten Rechten. Keine davon gibt Zugriff auf die Daten einer Instanz.
raise-for-data = Die Daten einer Instanz nutzen
raise-for-data-html = Data Owner oder Data Reader auf der Instanz: Stattdessen <a href="/access/new">Zugriff anfordern</a>. Owner schließt das nicht ein.
raise-for-creating = Instanzen erstellen
raise-for-creating-text = Contributor auf einer Ressourcengruppe.
raise-for-people = Anderen die Nutzung erlauben
raise-for-people-text = Role Based Access Control Administrator, hier auf die beiden Datenrollen begrenzt.
raise-for-both = Beides
raise-for-both-text = Diese beiden Rollen zusammen, in zwei Anträgen. Auch Owner oder User Access Administrator mit Contributor genügen, erlauben aber weit mehr.
raise-once = Nur einmal
raise-once-html = Sie brauchen keine Rolle: Sie können <a href="/instances/new">eine Instanz erstellen</a> oder <a href="/access/new">Zugriff anfordern</a>, und jemand, der es darf, erledigt es für Sie.
raise-no-subscription = Wählen Sie das Abonnement, in dem Sie die Rolle brauchen.
raise-no-group = Wählen Sie die Ressourcengruppe, für die die Rolle gelten soll, oder das ganze Abonnement.
raise-no-role = Wählen Sie die Rolle, die Sie brauchen.
raise-limited = durch eine Bedingung auf die beiden Datenrollen von Azure Digital Twins begrenzt
raise-allows = Sie erlaubt
raise-far = Das ist weitreichend
raise-far-owner = { $whole ->
    [yes] { $who } könnte dann im ganzen Abonnement { $place } alles ändern und löschen und dort jeder Person jede Rolle geben.
   *[no] { $who } könnte dann in der Ressourcengruppe { $place } alles ändern und löschen und dort jeder Person jede Rolle geben.
}
raise-far-access = { $whole ->
    [yes] { $who } könnte dann im ganzen Abonnement { $place } jeder Person jede Rolle geben und damit auch sich selbst die Rolle Owner.
   *[no] { $who } könnte dann in der Ressourcengruppe { $place } jeder Person jede Rolle geben und damit auch sich selbst die Rolle Owner.
}
raise-far-contributor = { $who } könnte dann in jeder Ressourcengruppe des ganzen Abonnements { $place } Ressourcen erstellen, ändern und löschen. Eine Rolle auf einer Ressourcengruppe genügt für die Instanzen darin.
raise-check-held = was Sie dort schon haben
raise-condition = Zur Rollenzuweisung gehört eine Bedingung: Mit ihr lassen sich nur Azure Digital Twins Data Owner und Data Reader zuweisen und entfernen.
raise-no-data = Sie gibt keinen Zugriff auf die Daten einer Instanz: Dafür gibt es „Zugriff anfordern“.
raise-held = Es gibt nichts zu beantragen: Sie haben { $role } dort schon.
raise-held-unlimited = Es gibt nichts zu beantragen: Sie haben { $role } dort schon, und zwar ohne Bedingung.
raise-held-otherwise = Sie haben { $role } dort schon, durch eine andere Bedingung begrenzt. Azure behält nur eine davon: Lassen Sie zuerst die vorhandene entfernen.
raise-not-held = Sie haben { $role } dort noch nicht.
