#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signs a request as a guest does, with other code: what Tests/GuestSigningTests compares with (RFC 9421, RFC 9530)."""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
key = Ed25519PrivateKey.from_private_bytes(seed)
public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
body = b'{"schema":"wholeimage.facts/1"}'
fields = {
    "@method": "PUT",
    "@path": "/v1/guests/877a2cda-ba63-4e1e-b95f-e67e48b6129a/facts",
    "@query": "?",
    "content-digest": "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":",
    "wholeimage-boot-id": "0d4f8a52-2d0a-4b8e-9f0c-6a2f6c1f7b11",
    "wholeimage-boot-number": "3",
    "wholeimage-report-sequence": "123456",
    "wholeimage-inspected-ago-ms": "250",
}
names = " ".join(f'"{name}"' for name in fields)
parameters = f'({names});keyid="{hashlib.sha256(public).hexdigest()}";alg="ed25519"'
base = "\n".join([f'"{name}": {value}' for name, value in fields.items()] + [f'"@signature-params": {parameters}'])
print(base)
print("guest=:" + base64.b64encode(key.sign(base.encode())).decode() + ":")
