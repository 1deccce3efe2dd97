### Abonnements und wer helfen kann.

## Die Liste der Abonnements

subscriptions-lead = Alle, die Azure Ihnen zeigt, mit Ihrer Rolle darin. Um eine Instanz mit Zugriff auf ihre Daten einzurichten, muss jemand sie erstellen, und jemand muss Rollen zuweisen.
subscriptions-raise = Höhere Rolle anfordern
subscriptions-hidden = Azure zeigt Ihre Abonnements nicht
subscriptions-none = Azure zeigt Ihnen kein Abonnement
subscriptions-none-next = Sie haben in keinem eine Rolle. Sie können trotzdem eine Instanz oder Zugriff auf eine beantragen: Jemand, der es darf, tut es für Sie.
subscriptions-caption = Meine Abonnements
subscriptions-subscription = Abonnement
subscriptions-id = Abonnement-ID
subscriptions-my-role = Meine Rolle
subscriptions-allowed = Was ich damit hier darf
subscriptions-allowed-short = Erlaubt mir
subscriptions-status = Status
subscriptions-no-role = Keine auf dem Abonnement
subscriptions-further-in = nur innerhalb davon
subscriptions-not-shown = Nicht zu sehen
subscriptions-unasked = Azure konnte nicht gefragt werden
subscriptions-last-word = So sagen es die Berechtigungen in Azure jetzt. Bedingungen, Sperren und Richtlinien sind darin nicht enthalten; es gilt, was Azure selbst antwortet.
subscriptions-custom-role = Benutzerdefinierte Rolle { $id }
subscriptions-through-group = über eine Gruppe
subscriptions-conditioned = durch eine Bedingung eingeschränkt

## Ein Abonnement

subscription-unseen = Azure zeigt Ihnen dieses Abonnement nicht
subscription-unseen-why = Es gibt keines mit dieser ID, oder Sie haben keine Rolle darin.
subscription-still = Sie können trotzdem eine Instanz oder Zugriff auf eine beantragen: Jemand, der es darf, tut es für Sie.
subscription-no-role = Keine Rolle, weder auf dem Abonnement noch auf etwas darin.
subscription-mine = Ihnen zugewiesen
subscription-through = Über die Gruppe { $name }
subscription-conditioned = Durch eine Bedingung eingeschränkt
subscription-remove-html = Entfernen<span class="sr">: meine Rolle { $role }</span>
subscription-remove-at-html = Entfernen<span class="sr">: meine Rolle { $role } auf { $place }</span>
subscription-unlisted = Azure zeigt Ihre Rollen hier nicht. { $why }
subscription-help = Wer helfen kann
subscription-help-who = Diese Personen dürfen hier Rollen zuweisen: mit der Rolle Owner, User Access Administrator oder Role Based Access Control Administrator oder mit einer anderen, die es erlaubt.
subscription-help-nobody = Azure zeigt Ihnen niemanden.
subscription-help-hidden = Azure zeigt Ihnen nicht, wer helfen kann
subscription-help-hidden-next = Sie müssen sie nicht kennen: Was Sie hier beantragen, steht in der Warteschlange aller, die darüber entscheiden dürfen.
subscription-two-ways = Zwei Wege
subscription-you-can = Was Sie tun können
subscription-first-way = Lassen Sie es für Sie erledigen: Jemand, der es darf, entscheidet, und es läuft im Namen dieser Person.
subscription-second-way = Oder fordern Sie eine höhere Rolle an, damit Sie es selbst tun können. Ob das richtig ist, hängt von Ihrer Organisation ab.
subscription-you-may = Sie dürfen hier Instanzen erstellen und Rollen zuweisen.
subscription-assign = Rolle zuweisen
