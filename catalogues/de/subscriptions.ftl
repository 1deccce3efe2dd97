### Abonnements und wer helfen kann.
