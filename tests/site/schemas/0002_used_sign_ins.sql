-- A sign-in that was used a moment ago.
INSERT INTO used_sign_in (nonce_hash, expires_at) VALUES ('77aa01', 1768468200000000);
