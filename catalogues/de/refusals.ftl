### Was Ablehnungen bedeuten, und die Worte einer Seite, auf der etwas schiefgeht.

## Wer es beheben kann

refusal-who-step = Die Person, in deren Namen der Schritt läuft
refusal-who-nobody = Niemand muss etwas tun
refusal-who-operator = Wer Twindesk betreibt
refusal-who-owner = Wer dort Owner oder User Access Administrator ist
refusal-who-network = Wer den Zugriff auf das virtuelle Netzwerk verwaltet
refusal-who-resource = Wer den Zugriff auf diese Ressource verwaltet
refusal-who-denier = Wer die Ablehnungszuweisung verwaltet, oft eine verwaltete Anwendung oder ein Bereitstellungsstapel
refusal-who-policy = Wer die Azure Policy verwaltet
refusal-who-requester = Die antragstellende Person
refusal-who-administrator = Wer Microsoft Entra ID verwaltet
refusal-who-pim = Wer Privileged Identity Management verwaltet
refusal-who-contributor = Wer Contributor oder Owner des Abonnements ist
refusal-who-billing = Wer für die Abrechnung des Abonnements zuständig ist
refusal-who-microsoft = Microsoft
refusal-who-approver = Eine andere Person, die genehmigen darf
refusal-who-canceller = Wer den Vorgang abgebrochen hat: siehe das Aktivitätsprotokoll der Ressource
refusal-who-networking = Wer die Seite „Netzwerk“ der Instanz verwaltet

## Ob ein erneuter Versuch hilft

refusal-retry-later = Ein erneuter Versuch hilft, aber erst später.
refusal-retry-mended = Ein erneuter Versuch hilft, sobald das erledigt ist.
refusal-retry-never = Ein erneuter Versuch hilft nicht: Schließen Sie diesen Antrag und stellen Sie einen neuen.

## 401

refusal-AuthenticationFailed-means = Azure hat den Aufruf ohne eine Anmeldung erhalten, die es annimmt.
refusal-AuthenticationFailed-how = Melden Sie sich ab und wieder an und versuchen Sie es dann erneut.
refusal-ExpiredAuthenticationToken-means = Die Anmeldung hinter dem Aufruf war gerade abgelaufen.
refusal-ExpiredAuthenticationToken-how = Das Portal holt von selbst ein neues Token. Wenn das so weitergeht, vergleichen Sie die Uhr dieses Rechners mit der richtigen Zeit.
refusal-InvalidAuthenticationToken-means = Azure hat das Token der Person, in deren Namen der Schritt läuft, nicht angenommen.
refusal-InvalidAuthenticationToken-how = Melden Sie sich ab und wieder an und versuchen Sie es dann erneut.
refusal-InvalidAuthenticationTokenTenant-means = Das Abonnement gehört zu einem anderen Mandanten als dem, bei dem Twindesk Personen anmeldet.
refusal-InvalidAuthenticationTokenTenant-how = Wenn das Abonnement gerade erst verschoben wurde, warten Sie eine Stunde. Sonst ist ein Portal seines eigenen Mandanten dafür zuständig.
refusal-InvalidAuthenticationTokenAudience-means = Das Portal fragt eine andere Azure-Cloud als die, bei der sich Personen anmelden.
refusal-InvalidAuthenticationTokenAudience-how = Vergleichen Sie TWINDESK_ARM_URL und AZURE_AUTHORITY_HOST: Sie müssen zur selben Cloud gehören.
refusal-Unauthorized-means = Die Instanz hat das Token der Person, in deren Namen sie gefragt wird, nicht angenommen.
refusal-Unauthorized-how = Melden Sie sich ab und wieder an und versuchen Sie es dann noch einmal.

## 403

refusal-AuthorizationFailed-ABAC-condition-means = Eine Bedingung schränkt das Recht der Person ein, in deren Namen dies läuft: Sie erlaubt nur bestimmte Rollen oder Mitglieder.
refusal-AuthorizationFailed-ABAC-condition-how = Schließen Sie diesen Antrag und stellen Sie ihn neu: Jemand ohne diese Einschränkung kann entscheiden.
refusal-AuthorizationFailed-means = Die Person, in deren Namen dies läuft, darf es nicht mehr oder nicht an dieser Stelle.
refusal-AuthorizationFailed-how = Geben Sie dieser Person die Rolle wieder und versuchen Sie es erneut; oder lassen Sie den Schritt von jemandem übernehmen, der genehmigen darf; oder schließen Sie diesen Antrag und stellen Sie einen neuen, damit jemand anderes entscheidet.
refusal-LinkedAuthorizationFailed-subnets-join-means = Die Person, in deren Namen der Schritt läuft, darf dem Subnetz des virtuellen Netzwerks nicht beitreten.
refusal-LinkedAuthorizationFailed-subnets-join-how = Geben Sie dieser Person die Rolle Network Contributor auf dem virtuellen Netzwerk oder eine andere Rolle, die seinen Subnetzen beitreten darf, und versuchen Sie es dann erneut.
refusal-LinkedAuthorizationFailed-means = Der Person, in deren Namen der Schritt läuft, fehlt eine Rolle auf einer anderen Ressource, die diese verwendet; Azure nennt sie.
refusal-LinkedAuthorizationFailed-how = Geben Sie dieser Person dort eine Rolle und versuchen Sie es dann erneut.
refusal-DenyAssignmentAuthorizationFailed-means = Eine Ablehnungszuweisung verbietet es, gleich welche Rollen jemand hat.
refusal-DenyAssignmentAuthorizationFailed-how = Lassen Sie den Bereich davon ausnehmen und versuchen Sie es dann erneut.
refusal-RequestDisallowedByPolicy-MFA-is-required-means = Azure nimmt dies nur von jemandem an, der sich mit einem zweiten Faktor angemeldet hat.
refusal-RequestDisallowedByPolicy-MFA-is-required-how = Melden Sie sich mit Multi-Faktor-Authentifizierung neu an und versuchen Sie es dann erneut.
refusal-RequestDisallowedByPolicy-means = Eine Azure Policy verbietet es.
refusal-RequestDisallowedByPolicy-how = Stellen Sie einen neuen Antrag, den die Policy erlaubt, zum Beispiel in einer anderen Region oder mit den Tags, die sie verlangt; oder lassen Sie den Bereich ausnehmen und versuchen Sie es dann erneut.
refusal-Forbidden-means = Die Instanz lässt diese Person nicht zu.
refusal-Forbidden-how = Eine neue Rolle braucht bis zu zehn Minuten, bis sie auf der Instanz wirkt. Vielleicht ist auch der öffentliche Netzwerkzugriff ausgeschaltet.

## Rollenzuweisungen

refusal-PrincipalNotFound-means = Das Verzeichnis kennt dieses Mitglied nicht.
refusal-PrincipalNotFound-how = Wer gerade erst angelegt wurde, ist nach einigen Minuten bekannt: Versuchen Sie es dann erneut. Wer gelöscht wurde, bleibt unbekannt: Schließen Sie diesen Antrag und stellen Sie einen neuen für ein anderes Mitglied.
refusal-SubjectNotFound-means = Das Verzeichnis kennt dieses Mitglied noch nicht.
refusal-SubjectNotFound-how = { refusal-PrincipalNotFound-how }
refusal-RoleAssignmentExists-means = Jemand hat inzwischen dasselbe zugewiesen.
refusal-RoleAssignmentExists-how = Sehen Sie unter Zugriffssteuerung (IAM) der Instanz nach; vielleicht ist nichts mehr zu tun.
refusal-RoleAssignmentDoesNotExist-means = Jemand hat die Rollenzuweisung inzwischen entfernt.
refusal-RoleAssignmentDoesNotExist-how = Es gibt nichts mehr zu entfernen.
refusal-RoleAssignmentUpdateNotPermitted-means = Eine andere Rollenzuweisung hat diesen Namen bereits.
refusal-RoleAssignmentUpdateNotPermitted-how = Schließen Sie diesen Antrag und stellen Sie einen neuen.
refusal-RoleAssignmentLimitExceeded-means = Das Abonnement hat so viele Rollenzuweisungen, wie Azure erlaubt.
refusal-RoleAssignmentLimitExceeded-how = Entfernen Sie einige, die nicht mehr gebraucht werden, oder weisen Sie eine Rolle einer Gruppe statt ihren Mitgliedern zu; versuchen Sie es dann erneut.
refusal-RoleAssignmentScopeNotAssignableToRoleDefinition-means = Diese Rolle kann in diesem Bereich nicht zugewiesen werden.
refusal-RoleAssignmentScopeNotAssignableToRoleDefinition-how = Beantragen Sie eine andere Rolle, oder diese dort, wo sie zugewiesen werden kann.
refusal-RoleDefinitionDoesNotExist-means = Die Rolle gibt es nicht mehr.
refusal-RoleDefinitionDoesNotExist-how = Beantragen Sie eine andere Rolle.
refusal-CannotDeleteLastRbacAdminAssignment-means = Niemand könnte im Abonnement noch Rollen zuweisen.
refusal-CannotDeleteLastRbacAdminAssignment-how = Weisen Sie zuerst jemand anderem Owner oder User Access Administrator auf dem Abonnement zu; versuchen Sie es dann erneut.
refusal-AadPremiumLicenseRequired-means = Der Mandant hat keine Lizenz für Rollen, die von selbst enden (Privileged Identity Management).
refusal-AadPremiumLicenseRequired-how = Beantragen Sie die Rolle ohne Enddatum oder lassen Sie Microsoft Entra ID P2 kaufen.
refusal-RoleAssignmentRequestPolicyValidationFailed-means = Die Regeln von Privileged Identity Management erlauben es so nicht; Azure nennt die Regel.
refusal-RoleAssignmentRequestPolicyValidationFailed-how = Stellen Sie einen neuen Antrag, wie die Regel es verlangt, oft für kürzere Zeit.
refusal-RoleAssignmentRequestAcrsValidationFailed-means = Privileged Identity Management verlangt eine stärkere Anmeldung.
refusal-RoleAssignmentRequestAcrsValidationFailed-how = Melden Sie sich wie verlangt neu an und versuchen Sie es dann erneut.
refusal-ActiveDurationTooShort-means = Eine Rolle muss fünf Minuten bestehen, bevor sie geändert werden kann.
refusal-ActiveDurationTooShort-how = Versuchen Sie es in fünf Minuten erneut.

## Der Bereich

refusal-ScopeLocked-means = Eine Sperre schützt den Bereich.
refusal-ScopeLocked-how = Entfernen Sie die Sperre, versuchen Sie es erneut und setzen Sie die Sperre wieder.
refusal-MissingSubscriptionRegistration-means = Das Abonnement ist nicht für Microsoft.DigitalTwins registriert.
refusal-MissingSubscriptionRegistration-how = Registrieren Sie dort den Ressourcenanbieter Microsoft.DigitalTwins und versuchen Sie es dann erneut.
refusal-SubscriptionNotRegistered-means = Das Abonnement ist nicht für einen Ressourcenanbieter registriert, der hierfür nötig ist.
refusal-SubscriptionNotRegistered-how = Registrieren Sie den Ressourcenanbieter, den Azure nennt, und versuchen Sie es dann erneut.
refusal-ReadOnlyDisabledSubscription-means = Das Abonnement ist deaktiviert: Es kann gelesen werden und sonst nichts.
refusal-ReadOnlyDisabledSubscription-how = Lassen Sie das Abonnement wieder aktivieren und versuchen Sie es dann erneut.
refusal-SubscriptionNotFound-means = Dieses Abonnement gibt es nicht, oder nicht für die Person, in deren Namen dies läuft.
refusal-SubscriptionNotFound-how = Lassen Sie dieser Person dort eine Rolle geben; oder stellen Sie einen neuen Antrag in einem anderen Abonnement.
refusal-InvalidSubscriptionId-means = Das ist nicht die ID eines Abonnements.
refusal-InvalidSubscriptionId-how = Stellen Sie einen neuen Antrag und wählen Sie das Abonnement aus der Liste.
refusal-ResourceGroupNotFound-means = Die Ressourcengruppe gibt es nicht mehr.
refusal-ResourceGroupNotFound-how = Stellen Sie einen neuen Antrag und lassen Sie die Ressourcengruppe anlegen, oder wählen Sie eine andere.
refusal-ResourceGroupBeingDeleted-means = Die Ressourcengruppe wird gerade gelöscht.
refusal-ResourceGroupBeingDeleted-how = Stellen Sie einen neuen Antrag in einer anderen Ressourcengruppe.
refusal-ResourceNotFound-means = Worum es geht, gibt es nicht mehr, oder die Person, in deren Namen es läuft, sieht es nicht.
refusal-ResourceNotFound-how = Sehen Sie nach, ob es noch besteht und ob die Ressourcen-ID stimmt: Das Azure-Portal zeigt sie unter Eigenschaften.
refusal-ParentResourceNotFound-means = Wozu dies gehört, gibt es nicht mehr.
refusal-ParentResourceNotFound-how = Sehen Sie nach, ob es noch besteht; wenn nicht, schließen Sie diesen Antrag.
refusal-InvalidResourceGroupLocation-means = Die Ressourcengruppe besteht bereits, in einer anderen Region.
refusal-InvalidResourceGroupLocation-how = Stellen Sie einen neuen Antrag und wählen Sie die bestehende Ressourcengruppe oder einen anderen Namen.
refusal-InvalidResourceLocation-means = Etwas mit diesem Namen besteht dort bereits, in einer anderen Region.
refusal-InvalidResourceLocation-how = Stellen Sie einen neuen Antrag mit einem anderen Namen.
refusal-LocationNotAvailableForResourceType-means = Azure Digital Twins wird in dieser Region nicht angeboten.
refusal-LocationNotAvailableForResourceType-how = Stellen Sie einen neuen Antrag in einer der Regionen, die Azure nennt.
refusal-LocationRequired-means = Der Aufruf nennt keine Region.
refusal-LocationRequired-how = Stellen Sie einen neuen Antrag und wählen Sie eine Region.
refusal-NoRegisteredProviderFound-means = Azure bietet dies in der Region nicht an, oder nicht in der Version, die das Portal verwendet.
refusal-NoRegisteredProviderFound-how = Stellen Sie einen neuen Antrag in einer anderen Region; wenn Azure die Version nennt, aktualisieren Sie Twindesk.
refusal-ReservedResourceName-means = Der Name enthält ein Wort, das Azure sich vorbehält.
refusal-ReservedResourceName-how = Stellen Sie einen neuen Antrag mit einem anderen Namen.
refusal-BadRequest-instances-in-this-region-means = Das Abonnement hat in dieser Region so viele Instanzen, wie Azure erlaubt.
refusal-BadRequest-instances-in-this-region-how = Stellen Sie einen neuen Antrag mit einer anderen Region; oder löschen Sie eine Instanz, die nicht verwendet wird, oder lassen Sie den Azure-Support das Limit erhöhen, und versuchen Sie es dann erneut.

## Azure ist beschäftigt oder gestört

refusal-TooManyRequests-means = Azure nimmt im Namen dieser Person eine Weile keine Aufrufe mehr an.
refusal-TooManyRequests-how = Das geht von selbst vorüber.
refusal-SubscriptionRequestsThrottled-means = Azure nimmt in diesem Abonnement eine Weile keine Aufrufe mehr an.
refusal-SubscriptionRequestsThrottled-how = Das geht von selbst vorüber.
refusal-OperationNotAllowed-means = Azure nimmt diesen Aufruf jetzt nicht an: zu viele Aufrufe oder ein Limit des Abonnements.
refusal-OperationNotAllowed-how = Lesen Sie, was Azure sagt; wenn es ein Limit nennt, lassen Sie es erhöhen und versuchen Sie es dann erneut.
refusal-InternalServerError-means = Bei Azure selbst ist etwas fehlgeschlagen.
refusal-InternalServerError-how = Wenn das anhält, öffnen Sie ein Supportticket mit der Korrelations-ID.
refusal-BadGateway-means = Bei Azure selbst ist etwas fehlgeschlagen.
refusal-BadGateway-how = Siehe status.azure.com; wenn das anhält, öffnen Sie ein Supportticket mit der Korrelations-ID.
refusal-ServiceUnavailable-means = Azure ist im Moment nicht erreichbar.
refusal-ServiceUnavailable-how = { refusal-BadGateway-how }
refusal-ServerTimeout-means = Azure hat selbst zu lange gebraucht.
refusal-ServerTimeout-how = { refusal-BadGateway-how }
refusal-GatewayTimeout-means = Azure hat selbst zu lange gebraucht.
refusal-GatewayTimeout-how = { refusal-BadGateway-how }
refusal-Conflict-means = Azure ist mit einer anderen Änderung derselben Ressource beschäftigt.
refusal-Conflict-how = Das geht vorüber, sobald die andere Änderung beendet ist.
refusal-AnotherOperationInProgress-means = { refusal-Conflict-means }
refusal-AnotherOperationInProgress-how = { refusal-Conflict-how }
refusal-OperationInProgress-means = { refusal-Conflict-means }
refusal-OperationInProgress-how = { refusal-Conflict-how }
refusal-RetryableError-means = Azure bittet um einen weiteren Versuch.
refusal-RetryableError-how = Das geht von selbst vorüber.

## Entra ID

refusal-AADSTS50076-means = Entra ID verlangt einen zweiten Faktor von der Person, in deren Namen dies läuft.
refusal-AADSTS50076-how = Melden Sie sich mit Multi-Faktor-Authentifizierung erneut an.
refusal-AADSTS50079-means = Entra ID verlangt, dass die Person, in deren Namen dies läuft, Multi-Faktor-Authentifizierung einrichtet.
refusal-AADSTS50079-how = Melden Sie sich erneut an und folgen Sie dem, was Entra ID zeigt.
refusal-AADSTS50074-means = { refusal-AADSTS50076-means }
refusal-AADSTS50074-how = { refusal-AADSTS50076-how }
refusal-AADSTS50072-means = { refusal-AADSTS50079-means }
refusal-AADSTS50072-how = { refusal-AADSTS50079-how }
refusal-AADSTS50078-means = Der zweite Faktor liegt zu lange zurück.
refusal-AADSTS50078-how = { refusal-AADSTS50076-how }
refusal-AADSTS53003-means = Bedingter Zugriff verbietet die Anmeldung bei Azure für diese Person, dieses Gerät oder diesen Ort.
refusal-AADSTS53003-how = Lassen Sie die Richtlinie für bedingten Zugriff im Anmeldeprotokoll von Entra ID prüfen; melden Sie sich dann neu an und versuchen Sie es erneut.
refusal-AADSTS530084-means = Bedingter Zugriff verlangt eine Anmeldung, die an das Gerät gebunden ist.
refusal-AADSTS530084-how = Lassen Sie Twindesk von der Richtlinie für den Tokenschutz ausnehmen; melden Sie sich dann neu an und versuchen Sie es erneut.
refusal-AADSTS53000-means = Bedingter Zugriff verlangt ein konformes Gerät.
refusal-AADSTS53000-how = Melden Sie sich von einem Gerät aus an, das Ihre Organisation verwaltet, und versuchen Sie es dann erneut.
refusal-AADSTS53001-means = Bedingter Zugriff verlangt ein Gerät, das in die Organisation eingebunden ist.
refusal-AADSTS53001-how = { refusal-AADSTS53000-how }
refusal-AADSTS50097-means = Bedingter Zugriff verlangt, dass sich das Gerät ausweist.
refusal-AADSTS50097-how = { refusal-AADSTS53000-how }
refusal-AADSTS65001-means = Niemand hat zugestimmt, dass Twindesk diesen Dienst für die Person aufrufen darf.
refusal-AADSTS65001-how = Melden Sie sich neu an und stimmen Sie zu, oder lassen Sie die Verwaltung von Entra ID für alle zustimmen; versuchen Sie es dann erneut.
refusal-AADSTS65004-means = Die Person hat es abgelehnt, Twindesk für sich handeln zu lassen.
refusal-AADSTS65004-how = Melden Sie sich neu an und stimmen Sie zu; versuchen Sie es dann erneut.
refusal-AADSTS90094-means = Wer Entra ID verwaltet, muss zuerst zustimmen.
refusal-AADSTS90094-how = Lassen Sie die Verwaltung von Entra ID für alle zustimmen; melden Sie sich dann neu an und versuchen Sie es erneut.
refusal-AADSTS70008-means = Die gespeicherte Anmeldung ist abgelaufen.
refusal-AADSTS70008-how = Melden Sie sich erneut an.
refusal-AADSTS700082-means = Die gespeicherte Anmeldung wurde 90 Tage lang nicht verwendet und ist abgelaufen.
refusal-AADSTS700082-how = Melden Sie sich erneut an.
refusal-AADSTS70043-means = Die Organisation verlangt, dass sich Personen öfter anmelden.
refusal-AADSTS70043-how = Melden Sie sich erneut an.
refusal-AADSTS50173-means = Die gespeicherte Anmeldung wurde widerrufen: Ein Kennwort wurde geändert, oder die Verwaltung von Entra ID hat sie beendet.
refusal-AADSTS50173-how = Melden Sie sich erneut an.
refusal-AADSTS50057-means = Das Konto der Person, in deren Namen dies läuft, ist deaktiviert.
refusal-AADSTS50057-how = Lassen Sie das Konto wieder aktivieren; oder lassen Sie den Schritt von jemandem übernehmen, der genehmigen darf.
refusal-AADSTS50034-means = Das Konto der Person, in deren Namen dies läuft, ist nicht mehr im Verzeichnis.
refusal-AADSTS50034-how = Eine andere Person, die genehmigen darf, kann übernehmen.
refusal-AADSTS50105-means = Die Person ist in Entra ID nicht Twindesk zugewiesen.
refusal-AADSTS50105-how = Weisen Sie die Person der Unternehmensanwendung zu; melden Sie sich dann neu an und versuchen Sie es erneut.
refusal-AADSTS50020-means = Das Konto gehört zu einem anderen Mandanten.
refusal-AADSTS50020-how = Melden Sie sich mit dem Konto dieses Mandanten an und versuchen Sie es dann erneut.
refusal-AADSTS500011-means = Entra ID kennt den Dienst in diesem Mandanten nicht.
refusal-AADSTS500011-how = Lassen Sie den Dienstprinzipal wie in docs/connect.md anlegen und versuchen Sie es dann erneut.
refusal-AADSTS7000215-means = Das Clientgeheimnis des Portals ist falsch.
refusal-AADSTS7000215-how = Setzen Sie AZURE_CLIENT_SECRET auf den Wert eines Geheimnisses (nicht auf seine ID) und versuchen Sie es dann erneut.
refusal-AADSTS7000222-means = Das Clientgeheimnis des Portals ist abgelaufen.
refusal-AADSTS7000222-how = Legen Sie ein neues Clientgeheimnis an, setzen Sie AZURE_CLIENT_SECRET und versuchen Sie es dann erneut.
refusal-AADSTS7000218-means = Das Portal hat kein Clientgeheimnis gesendet.
refusal-AADSTS7000218-how = Setzen Sie AZURE_CLIENT_SECRET oder eine Verbundanmeldeinformation und versuchen Sie es dann erneut.
refusal-AADSTS700016-means = Entra ID kennt die Anwendung des Portals in diesem Mandanten nicht.
refusal-AADSTS700016-how = Vergleichen Sie AZURE_CLIENT_ID und AZURE_TENANT_ID mit der App-Registrierung und versuchen Sie es dann erneut.
refusal-AADSTS50196-means = Entra ID hat dieselbe Frage zu oft erhalten.
refusal-AADSTS50196-how = Das geht innerhalb von fünf Minuten vorüber.

## Was wir selbst feststellen

refusal-NoSignIn-means = Von dieser Person ist keine Anmeldung gespeichert: Sie hat sich überall abgemeldet oder nie angemeldet.
refusal-NoSignIn-how = Melden Sie sich erneut an.
refusal-KeyLost-means = Die gespeicherte Anmeldung lässt sich mit keinem Schlüssel des Portals öffnen: Die Schlüssel wurden geändert.
refusal-KeyLost-how = Melden Sie sich erneut an. Wenn viele dies sehen, muss, wer Twindesk betreibt, den alten Schlüssel wieder in TWINDESK_KEYS eintragen, hinter dem neuen.
refusal-Throttled-means = Azure nimmt im Namen dieser Person vorerst keine Aufrufe an.
refusal-Throttled-how = Es geht weiter, wenn die Zeit vergangen ist, die Azure genannt hat.
refusal-Timeout-means = Azure hat nicht rechtzeitig geantwortet. Ob es getan hat, was verlangt war, wird beim nächsten Versuch nachgesehen.
refusal-Timeout-how = Siehe status.azure.com, wenn das anhält.
refusal-NoConnection-means = Das Portal erreicht Azure nicht.
refusal-NoConnection-how = Lassen Sie Netzwerk, Proxy und DNS prüfen: twindesk check sagt, was nicht antwortet.
refusal-BrokenConnection-means = Die Verbindung endete zu früh. Ob Azure getan hat, was verlangt war, wird beim nächsten Versuch nachgesehen.
refusal-BrokenConnection-how = Wenn das anhält, lassen Sie Netzwerk und Proxy prüfen.
refusal-UnexpectedAnswer-means = Etwas hat anders geantwortet, als Azure es tut, oder es kam nur eine halbe Antwort.
refusal-UnexpectedAnswer-how = Wenn das anhält, lassen Sie den Proxy oder die Firewall dazwischen prüfen.
refusal-TooLong-means = Die Antwort war länger, als angenommen wird.
refusal-TooLong-how = { refusal-UnexpectedAnswer-how }
refusal-NoEnd-means = Azure arbeitet seit mehr als einer Stunde daran.
refusal-NoEnd-how = Sehen Sie sich die Ressource im Azure-Portal an. „Erneut versuchen“ sieht zuerst nach und sendet nur, was Azure nicht zeigt; wenn sich nichts bewegt, öffnen Sie ein Supportticket mit der Korrelations-ID.
refusal-Canceled-means = Jemand oder etwas hat den Vorgang in Azure abgebrochen.
refusal-Canceled-how = Finden Sie heraus, warum, und versuchen Sie es dann erneut.
refusal-Failed-means = Der Vorgang ist in Azure fehlgeschlagen, ohne dass Azure einen Grund nennt.
refusal-Failed-how = Sehen Sie sich die Ressource und ihr Aktivitätsprotokoll im Azure-Portal an und versuchen Sie es dann erneut.
refusal-ProvisioningFailed-means = Azure hat den Aufruf angenommen und konnte ihn nicht ausführen.
refusal-ProvisioningFailed-how = Sehen Sie sich die Ressource und ihr Aktivitätsprotokoll im Azure-Portal an. Wenn das anhält, öffnen Sie ein Supportticket mit der Korrelations-ID.
refusal-NotShown-means = Azure hat den Aufruf angenommen und zeigt nicht, was daraus geworden ist.
refusal-NotShown-how = Sehen Sie im Azure-Portal nach, ob es da ist. „Erneut versuchen“ sendet den Aufruf noch einmal.
refusal-NotConnected-means = Der private Endpunkt ist da, und nichts erreicht die Instanz darüber.
refusal-NotConnected-how = Lassen Sie die Verbindung dort genehmigen und versuchen Sie es dann erneut.
refusal-AlreadyExists-means = Etwas mit diesem Namen ist schon da und wurde nicht für diesen Antrag angelegt.
refusal-AlreadyExists-how = Stellen Sie einen neuen Antrag mit einem anderen Namen.
refusal-InstanceMissing-means = Die Instanz gibt es nicht mehr.
refusal-InstanceMissing-how = Es gibt nichts mehr zu ändern: Schließen Sie diesen Antrag.
refusal-NotFound-means = Worum es geht, gibt es nicht mehr.
refusal-NotFound-how = { refusal-InstanceMissing-how }
refusal-AnotherInstance-means = Die Instanz wurde gelöscht, und seither wurde eine andere mit ihrem Namen angelegt.
refusal-AnotherInstance-how = Schließen Sie diesen Antrag; stellen Sie einen neuen, wenn er für die neue Instanz gelten soll.
refusal-NotTheSame-means = Die Rollenzuweisung ist eine andere als die genehmigte.
refusal-NotTheSame-how = Schließen Sie diesen Antrag und stellen Sie einen neuen.
refusal-OtherCondition-means = Die Rolle ist dort schon vergeben, unter einer anderen Bedingung als der genehmigten.
refusal-OtherCondition-how = Entfernen Sie diese Rollenzuweisung und versuchen Sie es dann erneut.
refusal-IdentityGone-means = Die verwaltete Identität gibt es nicht mehr, oder sie ist eine andere als zur Zeit des Antrags.
refusal-IdentityGone-how = Schalten Sie zuerst die Identität ein oder ordnen Sie sie zu; stellen Sie dann einen neuen Antrag.
refusal-IdentityChanged-means = Jemand hat seit dem Antrag die Identitäten der Instanz geändert.
refusal-IdentityChanged-how = Schließen Sie diesen Antrag und stellen Sie einen neuen.
refusal-IdentityUnread-means = Azure zeigt die Identitäten der Instanz in einer Form, die diese Version nicht kennt.
refusal-IdentityUnread-how = Aktualisieren Sie Twindesk oder nehmen Sie die Änderung im Azure-Portal vor.
refusal-TagsChanged-means = Jemand hat seit dem Antrag die Tags der Instanz geändert.
refusal-TagsChanged-how = Schließen Sie diesen Antrag und stellen Sie einen neuen.
refusal-TagsDiffer-means = Azure hat die Tags angenommen und zeigt andere: Jemand hat sie geändert, oder eine Policy fügt welche hinzu.
refusal-TagsDiffer-how = Sehen Sie sich die Tags der Instanz an; schließen Sie diesen Antrag und stellen Sie einen neuen, wenn sie falsch sind.
refusal-Changed-means = Die Verbindung führt zu einem anderen privaten Endpunkt als zur Zeit des Antrags.
refusal-Changed-how = Schließen Sie diesen Antrag und sehen Sie sich die Seite „Netzwerk“ der Instanz an.
refusal-NoHostName-means = Der Hostname der Instanz ist nicht bekannt, deshalb konnte der Zugriff nicht geprüft werden.
refusal-NoHostName-how = Öffnen Sie nach einer Weile die Seite der Instanz und prüfen Sie den Zugriff erneut.
refusal-LeaseLost-means = Ein anderes Replikat hat den Schritt übernommen.
refusal-LeaseLost-how = Es geht von selbst weiter.
refusal-Database-means = Die Datenbank des Portals hat nicht geantwortet.
refusal-Database-how = Lassen Sie die Datenbank prüfen; es geht von selbst weiter.

## Was unsere eigenen Probleme sagen: im Verlauf aufbewahrt, diese Namen bleiben also

problem-throttled = Azure nimmt seit einem anderen Aufruf im Namen von { $name } vorerst keine weiteren an. Dieser Schritt wartet mit.
problem-timeout = Azure hat nicht rechtzeitig geantwortet.
problem-no-end = Azure sagt, dass es noch daran arbeitet.
problem-sign-in-first = Entra ID verlangt, dass sich { $name } zuerst erneut anmeldet.
problem-no-sign-in = es gibt keine Anmeldung, mit der gehandelt werden könnte
problem-key-lost = die hier gespeicherte Anmeldung lässt sich mit keinem der Schlüssel öffnen
problem-lease-lost = Ein anderer Arbeitsprozess hat übernommen.
problem-no-step = Diesen Schritt gibt es im Plan nicht.
problem-no-name = Dieser Schritt trägt niemandes Namen.
problem-canceled = Azure hat es abgebrochen.
problem-another-instance = Die Instanz, um die es ging, angelegt { $asked }, gibt es nicht mehr; eine andere mit ihrem Namen wurde { $made } angelegt. Diese wurde nicht angerührt. Schließen Sie diesen Antrag.
problem-another-instance-sometime = Die Instanz, um die es ging, angelegt { $asked }, gibt es nicht mehr; eine andere mit ihrem Namen wurde zu einer Zeit angelegt, die Azure nicht nennt. Diese wurde nicht angerührt. Schließen Sie diesen Antrag.
problem-instance-missing = Azure zeigt die Instanz { $id } nicht mehr.
problem-no-instance = Azure zeigt die Instanz { $id } nicht mehr. Es wurde nichts geändert.
problem-no-connection = Azure zeigt die Verbindung { $id } nicht mehr. Es wurde nichts geändert.
problem-identity-unread = Azure zeigt eine Identität der Instanz in einer Form, die hier nicht bekannt ist.
problem-identity-changed = Die Identitäten von { $name } sind nicht mehr die, die beim Antrag zu sehen waren, und der genehmigte Aufruf könnte rückgängig machen, was sich seither geändert hat. Es wurde nichts geändert. Schließen Sie diesen Antrag und stellen Sie einen neuen.
problem-identity-gone = Die benutzerseitig zugewiesene verwaltete Identität { $name } gibt es nicht mehr, oder sie ist eine andere als zur Zeit des Antrags (Objekt-ID { $id }). Es wurde keine Rolle zugewiesen. Schließen Sie diesen Antrag und stellen Sie einen neuen, sobald die Instanz ihre Identität hat.
problem-system-identity-gone = Die systemseitig zugewiesene verwaltete Identität von { $instance } gibt es nicht mehr, oder sie ist eine andere als zur Zeit des Antrags (Objekt-ID { $id }). Es wurde keine Rolle zugewiesen. Schließen Sie diesen Antrag und stellen Sie einen neuen, sobald die Instanz ihre Identität hat.
problem-tags-differ = Azure hat die Änderung angenommen und zeigt andere Tags als die beantragten: Vielleicht hat sie jemand inzwischen geändert, oder eine Policy fügt welche hinzu. Sehen Sie sich die Tags der Instanz an.
problem-tags-changed = Die Tags von { $name } sind nicht mehr die, die beim Antrag zu sehen waren, und der genehmigte Aufruf könnte rückgängig machen, was sich seither geändert hat. Es wurde nichts geändert. Schließen Sie diesen Antrag und stellen Sie einen neuen.
problem-instance-exists = Eine Instanz { $id } besteht bereits und wurde nicht für diesen Antrag angelegt. An ihr wurde nichts geändert. Schließen Sie diesen Antrag und stellen Sie einen neuen mit einem anderen Namen.
problem-instance-ended = Azure zeigt die Instanz als { $state }.
problem-ended = Azure zeigt es als { $state }.
problem-no-host = Der Hostname der Instanz ist nicht bekannt, deshalb konnte sie nicht gefragt werden.
problem-not-let-in = Die Instanz lässt diese Person noch nicht zu. Eine neue Rolle braucht bis zu zehn Minuten, bis sie dort wirkt; vielleicht ist auch der öffentliche Netzwerkzugriff ausgeschaltet.
problem-endpoint-exists = Ein privater Endpunkt { $id } besteht bereits und führt woandershin. An ihm wurde nichts geändert. Schließen Sie diesen Antrag und stellen Sie einen neuen mit einem anderen Namen.
problem-link-elsewhere = Die Verknüpfung { $id } führt zu einem anderen virtuellen Netzwerk. An ihr wurde nichts geändert.
problem-other-zone = Der private Endpunkt ist schon in einer anderen privaten DNS-Zone: { $zones }. An ihm wurde nichts geändert.
problem-cut-off = Der private Endpunkt { $name } ist da, und seine Verbindung ist { $status }: Nichts erreicht die Instanz darüber. Lassen Sie diesen privaten Endpunkt löschen und versuchen Sie es erneut, oder schließen Sie diesen Antrag und stellen Sie einen neuen mit einem anderen Namen.
problem-unconnected = Der private Endpunkt { $name } ist da, und seine Verbindung ist { $status } statt Approved. Wenn das so bleibt, lassen Sie die Verbindung auf der Seite „Netzwerk“ der Instanz genehmigen und versuchen Sie es erneut.
problem-connection-changed = Die Verbindung führt zu einem anderen privaten Endpunkt als zur Zeit des Antrags: { $endpoint }. An ihr wurde nichts geändert.
problem-other-condition = Die Rolle ist dort schon vergeben, unter dieser Bedingung: { $condition }. Das ist nicht, was genehmigt wurde, und daran wurde nichts geändert. Lassen Sie die Rollenzuweisung { $assignment } entfernen und versuchen Sie es dann erneut.
problem-no-condition = Die Rolle ist dort schon vergeben und durch keine Bedingung eingeschränkt. Das ist nicht, was genehmigt wurde, und daran wurde nichts geändert. Lassen Sie die Rollenzuweisung { $assignment } entfernen und versuchen Sie es dann erneut.
problem-not-the-same = Die Rollenzuweisung { $assignment } ist nicht die genehmigte: anderer Prinzipal, andere Rolle oder anderer Bereich. Es wurde nichts entfernt.
problem-not-shown = Azure hat den Aufruf angenommen und { $lacking }. Vielleicht zeigt es das erst später, oder jemand oder eine Policy hat es rückgängig gemacht. Der Aufruf wird nicht von selbst noch einmal gesendet; wenn der Schritt angehalten hat, sendet „Erneut versuchen“ ihn noch einmal.
lacking-it = zeigt es nicht als Succeeded
lacking-identities = zeigt die Identitäten nicht so, wie sie beantragt wurden
lacking-tags = zeigt die Tags nicht so, wie sie beantragt wurden
lacking-deleted = zeigt die Instanz nicht als gelöscht
lacking-succeeded = zeigt die Instanz nicht als Succeeded
lacking-instance = zeigt die Instanz { $name } nicht
lacking-group = zeigt die Ressourcengruppe nicht
lacking-endpoint = zeigt den privaten Endpunkt { $name } nicht
lacking-zone = zeigt die private DNS-Zone nicht
lacking-link = zeigt die Verknüpfung mit dem virtuellen Netzwerk nicht
lacking-entry = zeigt den Eintrag des privaten Endpunkts in der privaten DNS-Zone nicht
lacking-access = zeigt den öffentlichen Netzwerkzugriff nicht als { $state }
lacking-connection = zeigt die Verbindung nicht als { $state }
lacking-removed-connection = zeigt die Verbindung nicht als entfernt
lacking-assignment = zeigt die Rollenzuweisung nicht
lacking-removed-assignment = zeigt die Rollenzuweisung nicht als entfernt

## Was Azure gesagt hat, oder dass es nichts gesagt hat: nach dem Namen des Diensts

azure-said = { $service }: { $said }
azure-said-with = { $service }: { $said } ({ $facts })
azure-correlation = Korrelations-ID { $id }
azure-request = Anforderungs-ID { $id }
azure-timeout = hat nicht innerhalb von { $seconds } s geantwortet
azure-no-connection = ist nicht erreichbar: { $cause }
azure-broken = die Verbindung endete zu früh: { $cause }
azure-too-long = hat mit mehr als { $limit } Bytes geantwortet, mehr als angenommen werden
azure-redirection = hat mit { $status } geantwortet, dem nicht gefolgt wird: vielleicht verlangt etwas dazwischen eine Anmeldung
azure-web-page = hat mit { $status } und einer Webseite statt eines Grundes geantwortet: vielleicht ist ein Proxy oder eine Firewall dazwischen
azure-silent = hat mit { $status } geantwortet, ohne einen Grund zu nennen
azure-not-json = hat mit { $status } und { $kind } geantwortet, was kein JSON ist
azure-not-documented = hat mit { $status } und { $kind } geantwortet, was nicht der Dokumentation entspricht: { $error }
azure-unnamed-content = unbenanntem Inhalt
azure-left-out = hat einen Teil der Antwort ausgelassen
azure-bad-keys = hat Signaturschlüssel geliefert, die nicht lesbar sind: { $error }
azure-unknown-key = hat mit einem Schlüssel signiert, der noch nicht veröffentlicht ist
azure-bad-tokens = hat mit Token geantwortet, die nicht lesbar sind, bei { $at }
azure-no-token = hat mit etwas geantwortet, das kein Token ist
azure-no-reason = der Vorgang ist fehlgeschlagen, ohne dass ein Grund genannt wurde

## Was von Azure nicht zu sehen ist

hidden-late = Azure hat nicht rechtzeitig geantwortet.
hidden-sign-in = Azure verlangt, dass Sie sich erneut anmelden.
hidden-refused = Azure lässt Sie das nicht sehen ({ $code }).
offer-with-state = { $name } ({ $state })
others = { $count ->
    [one] 1 Antrag beruht darauf
   *[other] { $count } Anträge beruhen darauf
}
others-besides = { $count ->
    [one] 1 weiterer Antrag beruht darauf
   *[other] { $count } weitere Anträge beruhen darauf
}

## Eine Seite, auf der etwas schiefgeht

error-in-a-row = Azure verlangt, dass Sie sich erneut anmelden: Öffnen Sie den Antrag und entscheiden Sie dort.
error-in-a-moment = Versuchen Sie es gleich noch einmal.
error-in-a-minute = Versuchen Sie es in einer Minute noch einmal.
error-nothing-changed = Es wurde nichts geändert.
error-lasts = Wenn das anhält, melden Sie es denen, die Twindesk betreiben, mit der ID unten.
error-again = Wenn das wieder geschieht, melden Sie es denen, die Twindesk betreiben, mit der ID unten.
error-sign-in-title = Melden Sie sich zuerst an
error-sign-in = Ihre Sitzung ist beendet, deshalb wurde nichts geändert.
error-sign-in-next = Melden Sie sich an und versuchen Sie es dann noch einmal.
error-still-wanted-title = Azure verlangt, dass Sie sich erneut anmelden
error-still-wanted = Sie haben das für diese Seite gerade getan, und Azure verlangt es immer noch.
error-still-wanted-next = Melden Sie sich erneut an und wählen Sie einen anderen Weg, sich auszuweisen, wenn Ihnen einer angeboten wird.
error-still-wanted-policy = Wenn das nichts ändert, melden Sie es denen, die Ihren Microsoft Entra-Mandanten verwalten: Eine Richtlinie für bedingten Zugriff verlangt mehr, als diese Anmeldung bietet.
error-missing-title = Hier ist nichts
error-missing = Diese Seite gibt es nicht, oder Sie dürfen sie nicht sehen.
error-missing-next = Prüfen Sie die Adresse.
error-missing-request = Einen Antrag sehen: die antragstellende Person, wer über ihn entscheiden darf, und Personen mit der Rolle Auditor.
error-method-title = Diese Adresse lässt sich so nicht verwenden
error-method-next = Gehen Sie zurück und verwenden Sie die Schaltfläche auf der Seite.
error-elsewhere-title = Das kam nicht von Twindesk
error-elsewhere = Ihr Browser sagt, dass dies von einer anderen Website gesendet wurde, deshalb wurde nichts geändert.
error-elsewhere-next = Öffnen Sie die Seite hier und versuchen Sie es noch einmal.
error-elsewhere-between = Wenn Sie doch unsere Seite verwendet haben, ändert etwas zwischen Ihnen und Twindesk, was der Browser sendet.
error-refused-title = Das ist nicht möglich
error-stale-title = Jemand war schneller
error-stale = Jemand anderes hat diesen Antrag geändert, während Sie ihn ansahen; von Ihnen wurde deshalb nichts geändert.
error-stale-next = Lesen Sie ihn noch einmal und entscheiden Sie neu, wenn es noch etwas zu entscheiden gibt.
error-form-title = Das ließ sich nicht lesen
error-form-next = Gehen Sie zurück, berichtigen Sie es und senden Sie es noch einmal.
error-form-torn = Was gesendet wurde, ist nicht vollständig angekommen.
error-form-long = Was gesendet wurde, ist zu lang.
error-form-unread = Was gesendet wurde, war nicht zu verstehen.
error-slow-title = Das hat zu lange gedauert
error-slow = Azure oder die Datenbank hat nicht rechtzeitig geantwortet.
error-slow-form = Wenn Sie ein Formular gesendet haben, sehen Sie zuerst unter „Meine Anträge“ nach: Vielleicht ist es angekommen.
error-database-title = Die Datenbank ist gerade nicht verwendbar
error-database-full = In der Datenbank von Twindesk ist kein Platz mehr, deshalb wurde nichts geändert.
error-database-read-only = Die Datenbank von Twindesk lässt sich lesen, aber nicht beschreiben, deshalb wurde nichts geändert.
error-database-locked = Etwas anderes hat die Datenbank von Twindesk zu lange belegt, deshalb wurde nichts geändert.
error-database-unreachable = Die Datenbank von Twindesk antwortet nicht, deshalb wurde nichts geändert.
error-database-damaged = Die Datenbank von Twindesk ist nicht lesbar, deshalb wurde nichts geändert.
error-database-next = Versuchen Sie es in einer Minute noch einmal: Twindesk macht von selbst weiter, sobald seine Datenbank wieder da ist.
error-unknown-title = Es ist nicht bekannt, ob dies gespeichert wurde
error-unknown = Twindesk hat seine Datenbank beim Speichern verloren und konnte es seither nicht herausfinden.
error-unknown-next = Sehen Sie sich den Antrag an oder unter „Meine Anträge“ nach, bevor Sie es noch einmal tun. Was getan ist, wird nicht zweimal getan.
error-internal-title = Hier ist etwas schiefgegangen
error-internal = Das ist unser Fehler und nicht Ihrer. Er wurde aufgezeichnet.
error-azure-busy-title = Azure bittet um Geduld
error-azure-late-title = Azure hat nicht rechtzeitig geantwortet
error-azure-away-title = Azure ist nicht erreichbar
error-azure-status = https://azure.status.microsoft berichtet über bekannte Störungen.
error-azure-refused-title = Azure hat abgelehnt
error-azure-words = Was Azure selbst sagt, steht oben; sein Support fragt nach den IDs darin.
error-kept = Was Sie gesendet haben, bleibt auf dieser Seite erhalten.
error-kept-until-signed-in = Was Sie gesendet haben, bleibt auf dieser Seite erhalten. Melden Sie sich an, was sich daneben öffnet; kommen Sie dann zurück und senden Sie es noch einmal.
error-send-again = Noch einmal senden
error-back = Zurück zum Antrag
error-id-html = Die ID dieser Seite ist <code>{ $id }</code>. Sie steht auch im Protokoll.
