#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Puts xen-suspend into a Linux source tree, or takes it out again.
set -eu

usage() {
	cat <<-END
	usage: $0 install|uninstall KDIR
	  install    copy the files into the Linux source tree KDIR and apply the patches
	  uninstall  undo that
	END
}

die() {
	echo "xen-suspend: $*" >&2
	exit 1
}

top=$(cd "$(dirname "$0")/.." && pwd)
case ${1:-} in
-h | --help)
	usage
	exit 0
	;;
esac
[ $# -eq 2 ] || {
	usage >&2
	exit 2
}
action=$1
[ -n "$2" ] || die "KDIR is not set; say: make $action KDIR=/path/to/linux"
{ [ -f "$2/Makefile" ] && [ -f "$2/drivers/xen/manage.c" ]; } ||
	die "$2 is not a Linux source tree"
kdir=$(cd "$2" && pwd)
version=$(sed -n 's/^VERSION = //p; s/^PATCHLEVEL = //p' "$kdir/Makefile" | paste -sd.)
patches=$top/patches/linux-$version
# What uninstall needs: the files copied, and those they replaced.
state=$kdir/.xen-suspend
command -v patch >/dev/null || die "the program 'patch' is missing; install it (apt-get install patch)"

# Of the repository's files, those that belong into a kernel tree.
kernel_files() {
	(cd "$top" && find drivers include Documentation tools -type f \
		\( -name '*.[ch]' -o -name '*.8' -o -name '*.bt' -o -name '*.rst' -o -name '*.sh' \
		-o -name 'Kconfig' -o -name 'Makefile' -o -name 'README*' -o -name 'config' \
		-o -name 'settings' -o -name '.gitignore' -o -path '*/ABI/*' \) | sort)
}

apply() { # extra options
	patch -d "$kdir" -p1 -s -f -r - --no-backup-if-mismatch "$@" <"$state/patches" >/dev/null
}

install_tree() {
	[ -d "$patches" ] || die "$kdir is Linux $version; there are patches for" \
		"$(cd "$top/patches" && echo linux-*) only"
	[ ! -d "$state" ] || die "$kdir has xen-suspend already; to renew it, uninstall first"
	mkdir "$state"
	cat "$patches"/*.patch >"$state/patches"
	if ! apply --dry-run; then
		rm -r "$state"
		die "the patches for Linux $version do not apply to $kdir; is it changed, or too old?"
	fi
	for file in $(kernel_files); do
		if [ -e "$kdir/$file" ]; then
			mkdir -p "$state/replaced/$(dirname "$file")"
			cp -p "$kdir/$file" "$state/replaced/$file"
		fi
		mkdir -p "$kdir/$(dirname "$file")"
		cp -p --remove-destination "$top/$file" "$kdir/$file"
		echo "$file" >>"$state/files"
	done
	apply
	echo "xen-suspend: installed into $kdir (Linux $version); now set CONFIG_XEN_SUSPEND=y"
}

uninstall_tree() {
	[ -d "$state" ] || die "$kdir has no xen-suspend to take out"
	apply -R --dry-run || die "the patches cannot be taken back: $kdir was changed since"
	apply -R
	while read -r file; do
		rm -f "$kdir/$file"
		rmdir -p --ignore-fail-on-non-empty "$kdir/$(dirname "$file")"
	done <"$state/files"
	[ ! -d "$state/replaced" ] || cp -rp --remove-destination "$state/replaced/." "$kdir/"
	rm -r "$state"
	echo "xen-suspend: taken out of $kdir"
}

case $action in
install) install_tree ;;
uninstall) uninstall_tree ;;
*)
	usage >&2
	exit 2
	;;
esac
