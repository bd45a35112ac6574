# SPDX-License-Identifier: GPL-2.0-only
"""The key that lets the host into the lab's machines. It guards nothing."""

from lab import cache, process


def private():
    """The private key; made when first asked for."""
    key = cache.root() / "ssh" / "id_ed25519"
    with cache.lock("ssh"):
        if not key.exists():
            key.parent.mkdir(exist_ok=True)
            process.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", key])
    return key


def public():
    """The public key."""
    return private().with_suffix(".pub")
