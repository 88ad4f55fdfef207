"""The certificates and keys of a control plane, fresh for every start."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE = datetime.timedelta(days=365)
PEM = serialization.Encoding.PEM
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Authority:
    """Signs the certificates of one control plane."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def fresh(cls) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        name = common_name("control plane")
        started = begun(name, name, key.public_key())
        signed = started.add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        ).sign(key, hashes.SHA256())
        return cls(key, signed)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(PEM).decode()

    def issue(self, certificate: Path, key_file: Path) -> None:
        """Write a pair for a server on this machine's loopback."""
        key = ec.generate_private_key(ec.SECP256R1())
        started = begun(
            common_name("localhost"), self.certificate.subject, key.public_key()
        )
        names = x509.SubjectAlternativeName(
            [
                x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                x509.DNSName("localhost"),
            ]
        )
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        signed = started.add_extension(names, critical=False)
        signed = signed.add_extension(usage, critical=False)
        certificate.write_bytes(
            signed.sign(self.key, hashes.SHA256()).public_bytes(PEM)
        )
        write_key(key_file, key)


def begun(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    """What all certificates have."""
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + LIFE)
    )


def common_name(name: str) -> x509.Name:
    """A name of one part."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def write_key(path: Path, key: Key) -> None:
    """Write a private key, readable by its owner only."""
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def write_account_keys(private: Path, public: Path) -> None:
    """Write the pair that signs and checks the tokens of service accounts."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    write_key(private, key)
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(key.public_key().public_bytes(PEM, spki))
