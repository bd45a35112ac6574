#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Install what the lab itself is written in; `python3 -m lab prepare` fetches the rest.
set -eu

need=''
for package in python3 python3-pytest python3-pexpect python3-rich python3-matplotlib \
	openssh-client; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || need="$need $package"
done
[ -n "$need" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "missing:$need; install them, or run this as root" >&2
	exit 1
fi
echo "installing:$need" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
# shellcheck disable=SC2086 # a list of words
apt-get -qq install -y --no-install-recommends $need >/dev/null
