"""What applications can sign with beside their secrets: a certificate, and another issuer's key that the portal's one trusts."""

import datetime
import json
import time

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

EXCHANGE = "api://AzureADTokenExchange"
SUBJECT = "system:serviceaccount:twindesk:portal"


def certificate():
    """A key and a certificate of its own, as one PEM."""
    key = _key()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "portal")])
    begin = datetime.datetime(2020, 1, 1)
    signed = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
              .not_valid_before(begin).not_valid_after(begin.replace(year=2090)).sign(key, hashes.SHA256()))
    return _private(key) + signed.public_bytes(serialization.Encoding.PEM)


def _key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _private(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


CERTIFICATE = certificate()
# Without the key.
REGISTERED = CERTIFICATE[CERTIFICATE.index(b"-----BEGIN CERTIFICATE"):]
_ISSUER = _key()
FEDERATED = {
    "issuer": "https://issuer.example",
    "subject": SUBJECT,
    "keys": [{**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(_ISSUER.public_key())), "kid": "issuer"}],
}


def federated(kid="issuer", **changed):
    """A token of the issuer, as Kubernetes writes them."""
    claims = {"iss": FEDERATED["issuer"], "sub": SUBJECT, "aud": [EXCHANGE], "exp": int(time.time()) + 3600, **changed}
    return jwt.encode(claims, _ISSUER, algorithm="RS256", headers={"kid": kid})
